/** The guides, in the order in which they are asked for. */
import { EMBED } from './embed';
import { ENGINE } from './engine';
import type { Guide } from './guide';
import { MODEL } from './model';
import { SCRIPT } from './script';

export const GUIDES: readonly Guide[] = [EMBED, SCRIPT, MODEL, ENGINE];
