import type { RolloutStrategy } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import { aPodTemplate, pause, setWeight } from '#test/support/builders/rollout.ts'
import type { Act } from './operator.ts'
import { aRoutedScenario } from './routed-scenario.ts'
import { aScenario, borrowed, type Scenario, withAllServices } from './scenario.ts'

/** What a person does once the cluster is at rest, one after the other. */
export type Chapter =
  | { readonly image: string }
  | { readonly replicas: number }
  | { readonly action: ActionName }
  | { readonly strategy: RolloutStrategy }
  /** The template of the Deployment that lends it. */
  | { readonly lent: string }

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
  {
    name: 'canary that takes over from a Deployment, pod by pod',
    scenario: borrowed(
      aScenario({ replicas: 3, strategy: { canary: { steps: [setWeight(50), pause()], maxSurge: 1 } } }),
      { replicas: 3, scaleDown: 'progressively' },
    ),
    chapters: [{ lent: 'web:2' }, { action: 'promoteFull' }],
  },
  {
    name: 'canary that becomes blue-green in its pause, and canary again',
    scenario: withAllServices(
      aScenario({
        replicas: 2,
        strategy: { canary: { steps: [setWeight(50), pause()], stableService: 'stable', canaryService: 'canary' } },
      }),
    ),
    chapters: [
      update,
      { strategy: { blueGreen: { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false } } },
      { image: 'web:3' },
      { strategy: { canary: { steps: [setWeight(50), pause()], stableService: 'stable' } } },
      { action: 'promote' },
    ],
  },
  {
    name: 'canary whose pods cannot start, that becomes blue-green in its pause',
    scenario: withAllServices(
      aScenario({ replicas: 2, strategy: { canary: { steps: [pause()], stableService: 'stable' } } }),
    ),
    chapters: [{ image: 'web:broken' }, { strategy: { blueGreen: { activeService: 'active' } } }],
  },
  {
    name: 'canary behind a router, aborted in its pause',
    scenario: aRoutedScenario('Istio, by subsets', {
      steps: [setWeight(60), pause()],
      abortScaleDownDelaySeconds: 5,
      scaleDownDelaySeconds: 5,
    }),
    chapters: [update, { action: 'abort' }],
  },
  {
    name: 'canary behind a router whose stable pods make room, aborted at the moment of the crash',
    scenario: aRoutedScenario('Gateway API, HTTPRoute', {
      steps: [setWeight(25), setWeight(99), pause()],
      dynamicStableScale: true,
    }),
    chapters: [update],
    meanwhile: { action: 'abort' },
  },
]

export const describeChapter = (chapter: Chapter): string =>
  Object.entries(chapter)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('')

/** What a person does in it. */
export function actOf(chapter: Chapter): Act {
  if ('action' in chapter) return { kind: 'action', action: chapter.action }
  if ('lent' in chapter)
    return { kind: 'lend', what: 'edits the Deployment', spec: { template: aPodTemplate(chapter.lent) } }
  return { kind: 'edit', what: 'edits the spec', body: { spec: specOf(chapter) } }
}

function specOf(chapter: Exclude<Chapter, { readonly action: ActionName } | { readonly lent: string }>): object {
  if ('image' in chapter) return { template: aPodTemplate(chapter.image) }
  return 'replicas' in chapter
    ? { replicas: chapter.replicas }
    : { strategy: { canary: null, blueGreen: null, ...chapter.strategy } }
}
