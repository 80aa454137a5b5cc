/** What a file does not say is asked of whoever opens it, one file at a time. */
import type { Answered, Facts } from '../foreign';

export interface Question {
  /** The file's. */
  name: string;
  facts: Facts;
  /** Null: it is not opened. */
  answer: (answered: Answered | null) => void;
}

export class Asking {
  question = $state.raw<Question | null>(null);

  /** Settles when it is answered, or given up. */
  ask(name: string, facts: Facts): Promise<Answered | null> {
    this.question?.answer(null);
    return new Promise((resolve) => {
      const answer = (answered: Answered | null) => {
        if (this.question?.answer === answer) this.question = null;
        resolve(answered);
      };
      this.question = { name, facts, answer };
    });
  }
}
