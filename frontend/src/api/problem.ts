// A refusal, whole, as the server said it (RFC 9457). Nothing of it is thrown away: a page may need any fact in it.

export type FieldError = { pointer: string; detail: string };

export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail?: string | null;
  instance?: string | null;
  request_id?: string | null;
  errors?: FieldError[];
  [fact: string]: unknown;
};

export class Problem extends Error {
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.title);
    this.name = "Problem";
    this.document = document;
  }

  get status(): number {
    return this.document.status;
  }

  get title(): string {
    return this.document.title;
  }

  get detail(): string | undefined {
    return this.document.detail ?? undefined;
  }

  /** The last part of the type, which names the refusal: `stale`, `not-permitted`. */
  get slug(): string {
    return this.document.type.split(/[/:#]/).pop() ?? "";
  }

  /** What a person quotes to the system administrator. */
  get reference(): string | undefined {
    return this.document.request_id ?? undefined;
  }

  get errors(): FieldError[] {
    return Array.isArray(this.document.errors) ? this.document.errors : [];
  }
}

/** Turns whatever came back, or did not, into a Problem; a proxy's HTML page is no reason to show nothing. */
export function toProblem(error: unknown, response?: Response): Problem {
  if (error instanceof Problem) return error;
  if (isDocument(error)) return new Problem(error);
  if (response) {
    return new Problem({
      type: "about:blank",
      title: response.status >= 500 ? "The service could not do this" : "This was refused",
      status: response.status,
      detail: "The answer was not one that Codewell understands.",
      request_id: response.headers.get("x-request-id"),
    });
  }
  return new Problem({
    type: "codewell:no-connection",
    title: "No connection to Codewell",
    status: 0,
    detail: "Nothing that you typed is lost. Check the network, then try again.",
  });
}

function isDocument(value: unknown): value is ProblemDocument {
  return (
    typeof value === "object" &&
    value !== null &&
    "title" in value &&
    typeof value.title === "string" &&
    "status" in value &&
    typeof value.status === "number" &&
    "type" in value &&
    typeof value.type === "string"
  );
}
