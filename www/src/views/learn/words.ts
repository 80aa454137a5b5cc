/** What the lessons' own controls say. */
export const LEARN = {
  title: 'Learn',
  lead: 'Each lesson is a walk through this page with a few experiments. Before an experiment is run you say what you expect; the answer is judged by the numbers of the run.',
  start: 'Start',
  minutes: (minutes: number) => `${minutes} min`,
  done: 'Done',
  teacher: 'For teachers',
  guides: 'Take it elsewhere',
  guidesLead: 'SkipScope in a page of your own, in a program, with a net of your own.',
  unknownGuide: (id: string) => `There is no guide “${id}”. These are the ones there are.`,
  glossary: 'Words',
  glossaryLead: 'What the words mean that the page does not do without. Wherever one of them is underlined with dots, press it.',
  leftOut: (titles: string[]) => `The nets of ${titles.map((title) => `“${title}”`).join(', ')} are too large for this file. The site has these lessons, too.`,
  unknown: (id: string) => `There is no lesson “${id}”. These are the ones there are.`,
};

export const TEACHERS = {
  back: 'All lessons',
  print: 'Print',
  start: 'Start the lesson',
  aim: 'Aim',
  time: 'Time',
  takes: (minutes: number, steps: number, questions: number) =>
    `About ${minutes} minutes: ${steps} steps, ${questions} of them with a question and an experiment.`,
  needs: (nets: string[]) => (nets.length ? `It needs ${nets.join(' and ')}.` : 'It needs no trained network.'),
  misconception: 'A common misconception',
  plan: 'Plan',
  how: 'Each question is answered before its experiment is run, and the page judges the answer by the number that comes out. The outcomes below are those of the lesson’s own networks and picture; with another picture some of them change.',
  keys: 'For a lecture: with the lesson’s text in focus the arrow keys turn the steps, and the digits answer. Every step has an address of its own.',
  step: (number: number) => `Step ${number}`,
  right: 'borne out',
  outcome: 'Outcome:',
  why: 'Why:',
  sources: 'Sources',
};

export const BAR = {
  label: 'Lesson',
  step: (step: number, steps: number) => `step ${step} of ${steps}`,
  /** `answers`: as many as there are to choose from. */
  keys: (answers: number) => `keys: ← →${answers ? ` steps, 1 to ${answers} answers` : ''}`,
  back: 'Back',
  next: 'Next',
  finish: 'Finish',
  leave: 'Leave',
  return: 'Back to the lesson',
  away: 'You have wandered off: the lesson waits.',
  running: 'Running the experiment…',
  right: 'As you expected.',
  wrong: (choice: string) => `You expected: ${choice}.`,
  missing: (model: string) => `This step needs the network “${model}”, which this page does not have. You can read on.`,
  noLab: 'This step needs the lab, which this page was built without. You can read on.',
  fold: 'Fold',
  unfold: 'Unfold',
};
