/** What an address asks for and this page cannot show: told once, and then the address says what is shown. */
import type { RunResult } from '../engine';
import { COLOURS } from '../render/colormap';
import { known } from '../render/lesion';
import { OWN } from '../state/opening';
import { to, type Move, type Places } from '../state/places.svelte';
import { SHOWN, type Shown } from '../state/shown';
import { COLOURS as COLOURS_PLACE } from '../state/theme.svelte';
import { BLOCK } from './block/place';
import { parseAgainst } from './compare/against';
import { COMPARE } from './compare/place';
import { PICTURE } from './picture/place';

export interface Asked {
  /** The parameter's name in the address. */
  name: string;
  said: string;
}

/** How a person calls it. */
const CALLED: Record<string, string> = { lesion: 'cut', cam: 'class', sort: 'order', against: 'comparison' };

export interface There {
  models: string[];
  samples: string[];
  /** What is shown. */
  result: Pick<RunResult, 'model' | 'detail'>;
}

/** `query`: as the page was entered. What codecs could not read at all, they have refused already. */
export function notThere(query: URLSearchParams, places: Places, { models, samples, result: { model, detail } }: There): { asked: Asked[]; moves: Move[] } {
  const [shown, block, picture, colours] = [places.use(SHOWN), places.use(BLOCK), places.use(PICTURE), places.use(COLOURS_PLACE)];
  const asked: Asked[] = places.refused();
  const moves: Move[] = [];
  const miss = (name: string, said: string | null, there: boolean, move?: Move) => {
    if (said === null || said === '' || there) return;
    asked.push({ name, said });
    if (move) moves.push(move);
  };
  const wanted = query.get('model');
  miss('model', wanted, models.includes(wanted!));
  const sample = query.get('sample');
  miss('sample', sample, samples.includes(sample!));
  const against = query.get('view') === 'compare' ? query.get('against') : null;
  const second = parseAgainst(against);
  const isThere = second?.kind === 'own' || (second !== null && (second.kind === 'model' ? models : samples).includes(second.id));
  miss('against', second && second.kind !== 'own' ? second.id : against, isThere, to(COMPARE, { against: null }));
  // A model that is there and could not be had says so itself: of its blocks nothing is known.
  if (wanted && models.includes(wanted) && wanted !== model.id) return { asked, moves };
  const opened = query.get('block');
  miss(
    'block',
    opened,
    model.blocks.some(({ name }) => name === opened),
    to<Shown>(SHOWN, { block: null }),
  );
  const possible = known(shown.lesion, model.blocks);
  for (const name of Object.keys(shown.lesion)) miss('lesion', name, name in possible, to<Shown>(SHOWN, { lesion: possible }));
  const { channel } = block;
  miss('channel', channel === null ? null : `${channel}`, !detail || channel! < detail.residual.channels, to(BLOCK, { channel: null }));
  const { cam } = picture;
  miss('cam', cam === null ? null : `${cam}`, cam! < model.card.labels.length, to(PICTURE, { cam: null }));
  miss(
    'colours',
    colours.colours,
    COLOURS.some(({ id }) => id === colours.colours),
    to(COLOURS_PLACE, { colours: null }),
  );
  return { asked, moves };
}

/** In one line. */
export function askedWords(asked: Asked[]): string {
  const list = asked.map(({ name, said }) => `${CALLED[name] ?? name} “${said.length > 24 ? `${said.slice(0, 24)}…` : said}”`);
  const all = list.length > 1 ? `${list.slice(0, -1).join(', ')} and ${list.at(-1)}` : list[0];
  const own = asked.some(({ said }) => said.startsWith(OWN))
    ? ' A model of one’s own stays in the browser that opened it: to see it here, open its file here.'
    : '';
  return `The address asked for ${all}, which ${list.length > 1 ? 'are' : 'is'} not to be had here. It now says what is shown.${own}`;
}
