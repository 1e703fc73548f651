// The draft saves itself: a moment after the last keystroke, one request at a time, each with the version it stands on.
// Nothing typed is lost: what could not be sent stays here and is sent again when the line is back.

export type SaveState =
  | { readonly kind: "clean"; readonly savedAt: string | null }
  | { readonly kind: "waiting" }
  | { readonly kind: "saving" }
  /** The network or the server is away: kept here, tried again by itself. */
  | { readonly kind: "offline" }
  /** Someone (perhaps this person in another window) saved another version first. */
  | { readonly kind: "conflict"; readonly error: unknown }
  /** The server refuses it: nothing is tried again until something changes or someone asks. */
  | { readonly kind: "refused"; readonly error: unknown };

export interface Saved {
  readonly version: number;
  readonly saved_at: string;
}

export type Verdict = "offline" | "conflict" | "refused";

export interface AutosaveOptions<Body> {
  /** PUT with If-Match: the version that the draft stands on, 0 for none yet. */
  readonly save: (body: Body, version: number) => Promise<Saved>;
  readonly judge: (error: unknown) => Verdict;
  /** The version on the server when a conflict is with this very body: it was saved, and only the answer was lost. */
  readonly mine?: (error: unknown, body: Body) => number | null;
  readonly version: number;
  readonly savedAt: string | null;
  readonly delay?: number;
  /** Waits between tries when the line is away, in milliseconds; the last is repeated. */
  readonly retries?: readonly number[];
}

export class Autosave<Body> {
  #options: AutosaveOptions<Body>;
  #version: number;
  #body: { readonly value: Body } | null = null;
  #state: SaveState;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;
  #failures = 0;
  /** Sent, with no answer: any of them may have been saved. */
  #unanswered: readonly Body[] = [];
  #stopped = false;
  #listeners = new Set<() => void>();

  constructor(options: AutosaveOptions<Body>) {
    this.#options = options;
    this.#version = options.version;
    this.#state = { kind: "clean", savedAt: options.savedAt };
  }

  get state(): SaveState {
    return this.#state;
  }

  get version(): number {
    return this.#version;
  }

  /** True while something is only here and not yet on the server. */
  get unsaved(): boolean {
    return this.#body !== null || this.#flight !== null;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): SaveState => this.#state;

  /** Takes the whole draft as it is now; an older one that was not sent yet is no longer needed. */
  change(body: Body): void {
    if (this.#stopped) return;
    this.#body = { value: body };
    if (this.#state.kind === "conflict") return;
    if (this.#flight) return;
    if (this.#state.kind !== "offline") this.#become({ kind: "waiting" });
    if (this.#state.kind !== "offline") this.#schedule(this.#options.delay ?? 600);
  }

  /** Sends what is left now, and resolves when nothing more can be done about it. */
  async flush(): Promise<void> {
    if (this.#state.kind === "conflict") return;
    this.#clearTimer();
    while (this.#flight) await this.#flight;
    if (this.#body) await this.#send();
    // What was typed while that was under way is sent too, unless it failed.
    if (this.#body && this.#state.kind === "waiting") await this.flush();
  }

  /** The line is back, or the person asks: try now. */
  async retry(): Promise<void> {
    if (this.#state.kind === "conflict" || !this.#body) return;
    this.#failures = 0;
    await this.flush();
  }

  /** After a conflict: go on from the version that is on the server, with this body or with none. */
  settle(version: number, body: Body | null): void {
    this.#version = version;
    this.#body = null;
    this.#become({ kind: "clean", savedAt: this.#state.kind === "clean" ? this.#state.savedAt : null });
    if (body !== null) this.change(body);
  }

  /** Nothing is sent any more: the episode was submitted, released, or lost to someone else. */
  stop(): void {
    this.#stopped = true;
    this.#clearTimer();
    this.#body = null;
  }

  #become(state: SaveState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(ms: number): void {
    this.#clearTimer();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#send();
    }, ms);
  }

  #send(): Promise<void> {
    if (this.#flight) return this.#flight;
    const body = this.#body;
    if (!body || this.#stopped) return Promise.resolve();
    this.#body = null;
    if (this.#state.kind !== "offline") this.#become({ kind: "saving" });
    this.#flight = this.#options
      .save(body.value, this.#version)
      .then(
        (saved) => this.#landed(saved),
        (error: unknown) => this.#failed(error, body.value),
      )
      .finally(() => {
        this.#flight = null;
        if (this.#body && this.#state.kind === "waiting") this.#schedule(this.#options.delay ?? 600);
      });
    return this.#flight;
  }

  #landed(saved: Saved): void {
    this.#version = saved.version;
    this.#failures = 0;
    this.#unanswered = [];
    if (this.#stopped) return;
    this.#become(this.#body ? { kind: "waiting" } : { kind: "clean", savedAt: saved.saved_at });
  }

  #failed(error: unknown, body: Body): void {
    if (this.#stopped) return;
    // Newer typing wins over what was under way.
    this.#body ??= { value: body };
    const verdict = this.#options.judge(error);
    const unanswered = this.#unanswered;
    this.#unanswered = verdict === "offline" ? [...unanswered.filter((one) => one !== body), body].slice(-50) : [];
    const saved = verdict === "conflict" ? unanswered.map((one) => this.#options.mine?.(error, one) ?? null) : [];
    const version = saved.find((one) => one !== null) ?? null;
    if (version !== null) {
      // Against oneself: goes on from what was saved then.
      this.#version = version;
      this.#failures = 0;
      this.#become({ kind: "waiting" });
      return;
    }
    if (verdict !== "offline") {
      this.#become({ kind: verdict, error });
      return;
    }
    const waits = this.#options.retries ?? [1000, 2000, 5000, 10_000];
    const wait = waits[Math.min(this.#failures, waits.length - 1)] ?? 10_000;
    this.#failures += 1;
    this.#become({ kind: "offline" });
    this.#schedule(wait);
  }
}
