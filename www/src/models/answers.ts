/** What a file of weights does not say of itself, and whoever opens it has to know. */
export interface Answers {
  title: string;
  /** Of red, green and blue on 0..1. */
  mean: [number, number, number];
  std: [number, number, number];
  /** The side of the square that the net sees, in pixels; the short side is resized to `resizeSide` before. */
  inputSide: number;
  resizeSide: number;
  /** How pictures were resized where its accuracy was measured. */
  interpolation?: 'bilinear' | 'bicubic';
  /** One a class; or those of ImageNet's thousand, in their usual order. */
  labels: string[] | 'imagenet';
  licence: string;
  source: string;
  dataset: string;
  /** Empty: not stated. */
  accuracy: string;
  note: string;
}
