// Asks a question again whenever its subject changes: a moment after the last change, and only the newest answer counts.

export interface LatestOptions<Question, Answer> {
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Answer>;
  readonly answered: (answer: Answer, question: Question) => void;
  readonly failed: (error: unknown, question: Question) => void;
  readonly delay: number;
}

export class Latest<Question, Answer> {
  #options: LatestOptions<Question, Answer>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: AbortController | null = null;
  #asked = 0;

  constructor(options: LatestOptions<Question, Answer>) {
    this.#options = options;
  }

  ask(question: Question, delay: number = this.#options.delay): void {
    this.cancel();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#send(question);
    }, delay);
  }

  /** Whatever is still to come is dropped. */
  cancel(): void {
    this.#asked += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flight?.abort();
    this.#flight = null;
  }

  async #send(question: Question): Promise<void> {
    const turn = this.#asked;
    const flight = new AbortController();
    this.#flight = flight;
    try {
      const answer = await this.#options.ask(question, flight.signal);
      // An abort may come too late to stop an answer, so its turn is checked as well.
      if (turn === this.#asked) this.#options.answered(answer, question);
    } catch (error) {
      if (turn === this.#asked && !flight.signal.aborted) this.#options.failed(error, question);
    }
  }
}
