import { describe, expect, it } from "vitest";
import { Problem, toProblem } from "./problem.ts";

describe("a refusal", () => {
  it("keeps the whole document", () => {
    const document = {
      type: "/problems/stale",
      title: "This has changed since you opened it",
      status: 412,
      detail: "Version 3 is current.",
      request_id: "0190",
      current_version: 3,
    };
    const problem = toProblem(document);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.slug).toBe("stale");
    expect(problem.reference).toBe("0190");
    expect(problem.document.current_version).toBe(3);
    expect(problem.errors).toEqual([]);
  });

  it("that is a proxy's page is still a refusal with its status", () => {
    const problem = toProblem("<html>Bad gateway</html>", new Response("", { status: 502 }));
    expect(problem.status).toBe(502);
    expect(problem.title).toBe("The service could not do this");
  });

  it("that never came says that there is no connection", () => {
    expect(toProblem(undefined).status).toBe(0);
  });
});
