/** A camera whose frames run through the network, one after the other: the next is taken when the last one's result is there. */
import { framesPerSecond, recent } from '../render/rate';
import { FRAME, type App } from './app.svelte';
import type { Side } from './side.svelte';

/** No network here sees more than 224 × 224. */
const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } };

export class Camera {
  stream = $state.raw<MediaStream | null>(null);
  /** The browser asks the visitor, or the camera wakes up. */
  starting = $state(false);
  /** How many cameras there are, as far as the browser tells. */
  count = $state(0);
  /** Frames per second, measured over those shown. */
  rate = $state<number | null>(null);
  problem = $state<string | null>(null);

  /** Counts starts and stops: what belongs to an earlier one gives up. */
  #turn = 0;
  #times: number[] = [];
  /** The frame whose result is shown, and the one on its way. */
  #shown: OffscreenCanvas | null = null;
  #next: OffscreenCanvas | null = null;

  constructor(
    private readonly app: App,
    private readonly side: Side,
  ) {}

  async start(deviceId?: string): Promise<void> {
    this.release();
    const mine = this.#turn;
    const switching = this.side.live;
    this.problem = null;
    this.starting = true;
    try {
      const stream = await ask(deviceId);
      const unwanted = mine !== this.#turn || (switching && !this.side.live); // by now: stopped, or another picture was chosen
      if (unwanted) return halt(stream);
      await this.#begin(stream, mine);
    } catch (error) {
      if (mine === this.#turn) this.stop(reason(error));
    } finally {
      if (mine === this.#turn) this.starting = false;
    }
  }

  async #begin(stream: MediaStream, mine: number): Promise<void> {
    this.stream = stream;
    stream.getVideoTracks()[0]?.addEventListener('ended', () => mine === this.#turn && this.stop('The camera has ended.'));
    const video = document.createElement('video');
    Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
    await video.play();
    const devices = await navigator.mediaDevices.enumerateDevices();
    if (mine !== this.#turn) return;
    this.count = devices.filter(({ kind }) => kind === 'videoinput').length;
    this.side.dismiss('picture');
    this.side.live = true;
    void this.#run(video, mine);
  }

  async #run(video: HTMLVideoElement, mine: number): Promise<void> {
    const frames = new Frames(video);
    while (mine === this.#turn) {
      await frames.next();
      if (mine !== this.#turn) break;
      if (!this.side.model || this.side.loading || video.videoWidth === 0) continue;
      const canvas = draw(video, this.#next);
      const shown = await this.side.frame({ id: FRAME, name: 'Camera', blob: await createImageBitmap(canvas) });
      if (mine !== this.#turn) break;
      if (shown) this.#show(canvas);
      else if (this.side.problems.picture) {
        this.release(); // the engine failed, and says so
        this.side.live = false;
      }
    }
  }

  #show(canvas: OffscreenCanvas): void {
    [this.#next, this.#shown] = [this.#shown, canvas];
    const now = performance.now();
    this.#times = recent([...this.#times, now], now);
    this.rate = framesPerSecond(this.#times);
  }

  /** Back to the picture that was there before. */
  stop(problem: string | null = null): void {
    this.release();
    this.problem = problem;
    if (!this.side.live) return;
    void this.app.endLive();
  }

  /** Lets the camera go; what is shown stays. */
  release(): void {
    this.#turn++;
    if (this.stream) halt(this.stream);
    Object.assign(this, { stream: null, starting: false, rate: null });
    this.#times = [];
    this.#shown = this.#next = null;
  }

  /** The frame that is shown becomes a picture of the visitor's own, pixel for pixel. */
  async take(): Promise<void> {
    const blob = await this.#shown?.convertToBlob({ type: 'image/png' });
    if (blob && this.stream) await this.app.usePicture(blob, 'camera picture');
  }

  /** On to the next camera: from the back one to the front one. */
  async switch(): Promise<void> {
    const here = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
    const next = devices[(devices.findIndex(({ deviceId }) => deviceId === here) + 1) % devices.length];
    await this.start(next?.deviceId); // which lets this one go first: phones open only one
  }
}

/** Says when there is a frame that has not been taken yet. */
class Frames {
  #fresh = false;
  #wake: (() => void) | null = null;

  constructor(private readonly video: HTMLVideoElement) {
    this.#listen();
  }

  #listen(): void {
    const arrived = () => {
      this.#fresh = true;
      this.#wake?.();
      if ((this.video.srcObject as MediaStream).active) this.#listen();
    };
    if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(arrived);
    else requestAnimationFrame(arrived);
  }

  async next(): Promise<void> {
    if (!this.#fresh) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#fresh = false;
    this.#wake = null;
  }
}

function draw(video: HTMLVideoElement, kept: OffscreenCanvas | null): OffscreenCanvas {
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = kept?.width === width && kept.height === height ? kept : new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  return canvas;
}

async function ask(deviceId?: string): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      isSecureContext ? 'This browser gives pages no camera.' : 'A browser gives the camera only to a page that comes over HTTPS, or from this machine.',
    );
  }
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: 'environment' } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, ...which } });
}

function halt(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function reason(error: unknown): string {
  const { name, message } = error as Error;
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The camera was not allowed. The browser’s settings for this page can allow it again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera was found.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The camera did not start. Another program may be using it.';
    default:
      return message;
  }
}
