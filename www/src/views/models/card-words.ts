/** What a model's card says besides its facts. */
import type { Word } from '../../lessons/glossary';

export const ABOUT = 'About this model';
export const MAP_SAYS = 'From left to right, as data goes. No picture has run here: widths and colours say nothing.';

/** Facts whose titles the glossary explains. */
export const TERMS: Partial<Record<string, Word>> = { Accuracy: 'top-1 and top-5', Shortcuts: 'identity branch', 'Multiply-adds': 'multiply-adds' };
