// The shapes of the server's answers that this page reads, under short names.
import type { Schemas } from "@/api/client.ts";

export type Workbench = Schemas["Workbench"];
export type CodeLine = Schemas["CodeLine"];
export type Coding = Schemas["Coding"];
export type Draft = Schemas["DraftOut"];
export type WorkItem = Schemas["WorkItem"];
export type CodingPage = Schemas["CodingPage"];
