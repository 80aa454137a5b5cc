/** What became of a file that was to be saved, in a sentence; `save` answers with its name. */
import { messageOf } from '../../engine';

export async function attempted(save: () => string | Promise<string>): Promise<string> {
  try {
    return `${await save()} is saved.`;
  } catch (error) {
    return messageOf(error);
  }
}
