import * as v from 'valibot'
import type { BackTestView } from './back-test-views.ts'
import type { BundleView } from './bundle-views.ts'
import type { PlanSummaryView, PlanView } from './plan-views.ts'
import type { ActionEffect, ClusterView, FleetPatch, Notice, RolloutDetailView } from './views.ts'

/** Main → window, for as long as somebody is subscribed. `Topic` selects what; `Message` is what arrives. */
export interface Stream<Topic, Message> {
  readonly topic: v.GenericSchema<unknown, Topic>
  /** Only for the type checker. */
  readonly message?: Message
}

const stream = <Message>() => ({
  of: <Topic>(topic: v.GenericSchema<unknown, Topic>): Stream<Topic, Message> => ({ topic }),
})

export const streams = {
  /** Changes since the last patch, at most ten a second (UI-VIRT-3). */
  'fleet.patch': stream<FleetPatch>().of(v.undefined()),
  /** The whole list, whenever any of it changed. */
  'clusters.changed': stream<readonly ClusterView[]>().of(v.undefined()),
  /** The full picture of one rollout: at once, and whenever it or a child changed. `null` once it is deleted. */
  'rollout.changed': stream<RolloutDetailView | null>().of(
    v.object({ key: v.pipe(v.string(), v.minLength(5), v.maxLength(4096)) }),
  ),
  /** Tries the analyses of a rollout on its past releases, for as long as somebody is subscribed; a message per release (W6). */
  'analysis.backTest': stream<BackTestView>().of(
    v.object({ key: v.pipe(v.string(), v.minLength(5), v.maxLength(4096)) }),
  ),
  /** One message for each action sent by any window, once the watch has shown its effect or the wait is over (ACT-58). */
  'action.effect': stream<ActionEffect>().of(v.undefined()),
  /** The whole list: at once, and whenever any of it changed. */
  'plans.changed': stream<readonly PlanSummaryView[]>().of(v.undefined()),
  /** All of one plan: at once, and whenever it changed. `null` once it is gone. */
  'plan.changed': stream<PlanView | null>().of(v.object({ id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) })),
  /** The bundle whose history is shown; `null`: that of this machine. At once, and whenever it changes. */
  'bundle.changed': stream<BundleView | null>().of(v.undefined()),
  'app.notice': stream<Notice>().of(v.undefined()),
} as const

export type Streams = typeof streams
export type StreamName = keyof Streams
export type Topic<S extends StreamName> = Streams[S] extends Stream<infer T, unknown> ? T : never
export type Message<S extends StreamName> = Streams[S] extends { readonly message?: infer M }
  ? Exclude<M, undefined>
  : never

/** Main supplies all of them. The returned function ends the subscription. */
export type Publishers = {
  readonly [S in StreamName]: (topic: Topic<S>, send: (message: Message<S>) => void) => () => void
}
