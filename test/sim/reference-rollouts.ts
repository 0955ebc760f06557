import type { ActionName } from '#contract/views.ts'
import { aPodTemplate, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aScenario, type Scenario } from './scenario.ts'

/** What a person does once the cluster is at rest, one after the other. */
export type Chapter = { readonly image: string } | { readonly replicas: number } | { readonly action: ActionName }

/** A rollout whose every crash point is tried. */
export interface ReferenceRollout {
  readonly name: string
  readonly scenario: Scenario
  readonly chapters: readonly Chapter[]
  /** What a person does at the very moment of the crash, before anybody has taken over; then only the checkers judge the end. */
  readonly meanwhile?: Chapter
}

const update: Chapter = { image: 'web:2' }

export const referenceRollouts: readonly ReferenceRollout[] = [
  {
    name: 'canary with steps and pauses, promoted',
    scenario: aScenario({
      replicas: 4,
      strategy: {
        canary: {
          steps: [setWeight(25), pause(), setWeight(50), pause(3), setWeight(75)],
          maxSurge: 1,
          maxUnavailable: 0,
        },
      },
    }),
    chapters: [update, { action: 'promote' }],
  },
  {
    name: 'canary with Services, aborted and retried',
    scenario: aScenario({
      replicas: 3,
      strategy: { canary: { steps: [setWeight(40), pause()], stableService: 'stable', canaryService: 'canary' } },
    }),
    chapters: [update, { action: 'abort' }, { action: 'retry' }, { action: 'promoteFull' }],
  },
  {
    name: 'canary without surge, superseded, scaled and undone',
    scenario: aScenario({
      replicas: 5,
      revisionHistoryLimit: 1,
      strategy: { canary: { steps: [setWeight(50), pause()], maxSurge: 0, maxUnavailable: 2 } },
    }),
    chapters: [update, { image: 'web:3' }, { replicas: 7 }, { action: 'undo' }, { action: 'restart' }],
  },
  {
    name: 'blue-green with a preview and manual promotion',
    scenario: aScenario({
      replicas: 3,
      strategy: {
        blueGreen: {
          activeService: 'active',
          previewService: 'preview',
          autoPromotionEnabled: false,
          previewReplicaCount: 1,
          scaleDownDelaySeconds: 5,
        },
      },
    }),
    chapters: [update, { action: 'promote' }, { replicas: 2 }],
  },
  {
    name: 'blue-green with timed promotion, aborted and rolled back',
    scenario: aScenario({
      replicas: 2,
      strategy: {
        blueGreen: {
          activeService: 'active',
          autoPromotionSeconds: 4,
          scaleDownDelaySeconds: 20,
          abortScaleDownDelaySeconds: 5,
        },
      },
    }),
    chapters: [{ image: 'web:broken' }, { action: 'abort' }, update, { image: 'web:1' }],
  },
  {
    name: 'canary, aborted at the moment of the crash',
    scenario: aScenario({
      replicas: 3,
      strategy: { canary: { steps: [setWeight(34), setWeight(67)], maxSurge: 1, maxUnavailable: 0 } },
    }),
    chapters: [update],
    meanwhile: { action: 'abort' },
  },
  {
    name: 'blue-green, aborted at the moment of the crash',
    scenario: aScenario({
      replicas: 2,
      strategy: { blueGreen: { activeService: 'active', previewService: 'preview', abortScaleDownDelaySeconds: 5 } },
    }),
    chapters: [update],
    meanwhile: { action: 'abort' },
  },
  {
    name: 'blue-green, superseded at the moment of the crash',
    scenario: aScenario({
      replicas: 2,
      strategy: { blueGreen: { activeService: 'active', autoPromotionEnabled: false, scaleDownDelaySeconds: 5 } },
    }),
    chapters: [update, { action: 'promote' }],
    meanwhile: { image: 'web:3' },
  },
]

export const describeChapter = (chapter: Chapter): string =>
  Object.entries(chapter)
    .map(([key, value]) => `${key} ${value}`)
    .join('')

/** The spec edit of a chapter; actions are sent instead. */
export function editOf(chapter: Chapter): unknown {
  if ('image' in chapter) return { spec: { template: aPodTemplate(chapter.image) } }
  return 'replicas' in chapter ? { spec: { replicas: chapter.replicas } } : undefined
}
