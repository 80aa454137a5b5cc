/**
 * The lessons of the page that is one file, in the place of index.ts: it has room for ResNet-20 and its plain twin. Lessons that stay
 * true of these are told of them, with their own numbers; those that are about a larger net are left out.
 */
import { BLOCKS } from './blocks';
import { BOTTLENECK } from './bottleneck';
import { DEGRADATION } from './degradation';
import { GRADIENTS } from './gradients';
import { IDENTITY } from './identity';
import type { BlockScene, Lesson, Scene, Step } from './lesson';
import { PATHS } from './paths';
import { PROJECTION } from './projection';
import { RELU } from './relu';

export type * from './lesson';
export { PARTS } from './lesson';

const early: BlockScene = { model: 'resnet20', sample: 'cat', block: 'layer1.1' };
const late: BlockScene = { ...early, block: 'layer3.2' };

/** Another net in a scene; what of it is cut stays. */
function moved(scene: Scene): Scene {
  if ('exhibit' in scene || 'against' in scene || scene.model !== 'resnet50') return scene;
  const to = scene.block === 'layer4.2' ? late : early;
  return scene.lesion ? { ...to, lesion: scene.lesion } : to;
}

/** The same steps with the smaller net; `found`: what it comes to there, in the order of the questions. */
function withResNet20(lesson: Lesson, found: readonly number[]): Lesson {
  const values = [...found];
  const steps = lesson.steps.map(({ question, ...step }): Step => {
    const next = { ...step, scene: moved(step.scene) };
    if (!question) return next;
    const { run, ...rest } = question;
    return { ...next, question: { ...rest, ...(run && { run: moved(run) }), found: values.shift() ?? NaN } };
  });
  return { ...lesson, steps: steps as unknown as Lesson['steps'] };
}

/** The same lesson, and other steps where it had some by these numbers, counted from 0. */
const instead = (lesson: Lesson, steps: Record<number, Partial<Step>>): Lesson => ({
  ...lesson,
  steps: lesson.steps.map((step, index) => ({ ...step, ...steps[index] })) as unknown as Lesson['steps'],
});

const degradation = instead(DEGRADATION, {
  3: {
    text: [
      'Now one addition: around each block goes an [identity branch], and x is added to F(x), as in this network of 20 layers. The branch has no weights, so a residual network of 56 layers has as many parameters as the plain one.',
    ],
    scene: early,
  },
  4: {
    text: [
      'A plain and a residual network on one picture, of 20 layers each: at this depth the plain one comes close. Look at their answers, and at the charts across depth. One picture is one case: the errors were counted over thousands.',
      DEGRADATION.steps[4]!.text[1]!,
    ],
    scene: { model: 'plain20', sample: 'cat', against: 'resnet20' },
  },
});

const bottleneck = instead(BOTTLENECK, {
  0: {
    text: [
      'The blocks of this network are [basic blocks|basic block]: F is two convolutions of 3 × 3 pixels, with as many channels inside as outside. ResNet-18 and ResNet-34 are made of them, too, with more channels.',
      'The [identity branch] carries all channels past this, and costs nothing.',
    ],
    scene: early,
  },
  1: {
    text: [
      'Each block of ResNet-50 is a [bottleneck]. Its F is three convolutions: the first, of 1 × 1 pixels, brings the 256 channels of x down to 64. The second, of 3 × 3, works on these 64. The third goes back up to 256, so that F(x) can be added to x.',
      'A basic block on 256 channels would take 2 × 9 × 256 × 256 products at every place of the map.',
    ],
    scene: early,
  },
  4: { scene: early },
});

export const LESSONS: readonly Lesson[] = [
  degradation,
  GRADIENTS,
  withResNet20(IDENTITY, [0.5532, 0.7997, 0.9045]),
  withResNet20(RELU, [0.1935, 0.4097, 0.604]),
  bottleneck,
];

/** What the page says it does not have. */
export const LEFT_OUT: readonly Lesson[] = [PROJECTION, PATHS, BLOCKS];
