// The shapes of the server's answers that this page reads, under short names.
import type { Schemas } from "@/api/client.ts";

export type Workbench = Schemas["WorkbenchOut"];
export type Coding = Schemas["CodingOut"];
export type Reason = NonNullable<Coding["reasons"]>[number];
export type CodeLine = Coding["diagnoses"][number];
export type CodingPage = Schemas["CodingPage"];
export type WorkItem = Schemas["WorkItemOut"];
