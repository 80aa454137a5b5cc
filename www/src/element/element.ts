/**
 * `<skip-scope>`: a net on a picture, as the page shows it, in any other page.
 *
 *     <script type="module" src=".../skipscope/element.js"></script>
 *     <skip-scope image="cat.jpg" view="map block" block="layer2.1" lesion="layer2.1_1_0"></skip-scope>
 *
 * Attributes, each a property too: `model` (a name that the package ships, the address of a model file, or as a property a File),
 * `image` (an address; as a property a Blob), `view` (any of map, block, depth and paths, in the order in which they are to stand; paths is of CIFAR nets),
 * `block`, `lesion` (as the page's addresses write it, or as a property `{ 'layer2.1': { identity: 1, residual: 0 } }`),
 * `theme` (light, dark; else what the page around it has).
 * Events: `result` ({ model, picture, top, milliseconds, lesion }), `block` ({ block }), `lesion` ({ lesion }), `error` ({ kind, message }).
 * Style: the parts `head`, `map`, `block`, `depth`, `paths` and `status`, and the variables of tokens.css (`--bg`, `--ink`, `--id`, `--res` ...).
 */
import { mount, unmount } from 'svelte';
import type { EngineError, Lesion, Prediction, RunResult } from '../engine';
import { whenVisible } from '../render/visible';
import { LESION } from '../state/shown';
import './element.css';
import Frame from './Frame.svelte';
import type { ElementModel } from './models';
import { Scene, VIEWS, type ElementPicture, type View } from './scene.svelte';
import { styles } from './styles';

export interface ResultDetail {
  model: string;
  picture: string;
  top: Prediction[];
  milliseconds: number;
  lesion: Lesion;
}

/** A server that renders pages imports this too, and has no elements. */
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

export class SkipScopeElement extends Base {
  static readonly observedAttributes = ['model', 'image', 'view', 'block', 'lesion', 'theme'];

  readonly #scene: Scene;
  readonly #shadow = this.attachShadow({ mode: 'open' });
  readonly #internals = this.attachInternals();
  #hide: (() => void) | null = null;

  constructor() {
    super();
    this.#scene = new Scene({
      result: (result) => this.#tell('result', detailOf(result)),
      error: ({ kind, message }: EngineError) => this.#tell('error', { kind, message }),
      block: (block) => this.#tell('block', { block }),
      lesion: (lesion) => this.#tell('lesion', { lesion }),
    });
    this.#shadow.adoptedStyleSheets = [styles()];
  }

  connectedCallback(): void {
    this.#takeEarly();
    this.#colour();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const colour = () => this.#colour();
    dark.addEventListener('change', colour);
    const frame = mount(Frame, { target: this.#shadow, props: { scene: this.#scene } });
    const unwatch = whenVisible(this, (now) => now && (this.#scene.seen = true));
    this.#hide = () => {
      unwatch();
      dark.removeEventListener('change', colour);
      void unmount(frame);
      this.#scene.end();
    };
  }

  disconnectedCallback(): void {
    this.#hide?.();
    this.#hide = null;
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (name === 'theme') this.#colour();
    else this[name as 'block'] = value;
  }

  get model(): ElementModel {
    return this.#scene.model;
  }
  set model(model: ElementModel | null) {
    this.#scene.model = model || 'resnet20';
  }

  get image(): ElementPicture | null {
    return this.#scene.picture;
  }
  set image(picture: ElementPicture | null) {
    this.#scene.picture = picture || null;
  }

  get view(): string {
    return this.#scene.views.join(' ');
  }
  set view(view: string | null) {
    const asked = (view ?? '').split(/\s+/).filter((one): one is View => (VIEWS as readonly string[]).includes(one));
    this.#scene.views = asked.length ? [...new Set(asked)] : ['map', 'block'];
  }

  get block(): string | null {
    return this.#scene.open ?? this.#scene.block;
  }
  set block(block: string | null) {
    this.#scene.block = block;
  }

  get lesion(): Lesion {
    return this.#scene.lesion;
  }
  set lesion(lesion: Lesion | string | null) {
    this.#scene.lesion = typeof lesion === 'string' ? (LESION.read(lesion) ?? {}) : (lesion ?? {});
  }

  /** The last run, whole: what its events tell in short. */
  get result(): RunResult | null {
    return this.#scene.result;
  }

  /** As it was asked for, else as the page around it: one that says nothing is light, whatever the system wants. */
  #colour(): void {
    const root = this.getRootNode();
    const around = getComputedStyle(this.parentElement ?? (root instanceof ShadowRoot ? root.host : document.documentElement)).colorScheme;
    const follows = /dark/.test(around) && (!/light/.test(around) || matchMedia('(prefers-color-scheme: dark)').matches);
    const asked = this.getAttribute('theme');
    const dark = asked === 'dark' || (asked !== 'light' && follows);
    if (dark) this.#internals.states.add('dark');
    else this.#internals.states.delete('dark');
    this.#scene.dark = dark;
  }

  /** A framework may have set properties before this class was there: they hid the ones here. */
  #takeEarly(): void {
    for (const name of ['model', 'image', 'view', 'block', 'lesion'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete (this as Partial<this>)[name];
      (this as Record<string, unknown>)[name] = value;
    }
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

function detailOf({ model, picture, top, milliseconds, lesion }: RunResult): ResultDetail {
  return { model: model.card.title, picture: picture.name, top, milliseconds, lesion };
}

/** Once a page, whoever asks. */
export function define(name = 'skip-scope'): void {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, SkipScopeElement);
}
