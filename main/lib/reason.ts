import type { EpochMs } from './clock.ts'

/**
 * One English sentence for each cause that can keep a Rollout where it is. Names in braces are values. Numbers stand before modal
 * verbs, so that one sentence serves one pod and many; catalogues of other languages have the same keys.
 */
export const sentences = {
  'reason.pausedByHand': 'Paused by hand. It goes on when someone resumes it.',
  'reason.timedPause': 'Pause of {{duration}}.',
  'reason.timedPauseAfter': 'Pause of {{duration}} after {{step}}.',
  'reason.stepPause': '{{done}} of {{steps}} steps done. The pause has no timer and waits for a person.',
  'reason.previewPause': 'The preview is up. The switch waits for a person.',
  'reason.previewPauseTimed': 'The preview is up. The switch follows when the timer ends.',
  'reason.inconclusive': '{{name}} neither passed nor failed. It stays as it is until someone decides.',
  'reason.aborted': '{{message}}',
  'reason.stableServes': 'Revision {{stable}} serves all traffic, revision {{revision}} is not live.',
  'reason.invalidSpec': 'The spec is invalid: {{message}}',
  'reason.serviceMissing': 'Service {{name}} does not exist.',
  'reason.workloadMissing': '{{kind}} {{name}}, whose pod template it uses, does not exist.',
  'reason.quotaUsedUp': 'Pods cannot be created, quota {{name}} is used up: {{message}}',
  'reason.podsDenied': 'Pods cannot be created, an admission check refuses them: {{message}}',
  'reason.podsNotCreated': 'Pods cannot be created: {{message}}',
  'reason.imagePull': '{{failing}} of {{pods}} pods of revision {{revision}} cannot pull image {{image}}: {{reason}}.',
  'reason.crashLoop':
    '{{failing}} of {{pods}} pods of revision {{revision}} will not stay up: container {{container}} ends with {{reason}}.',
  'reason.containerConfig':
    '{{failing}} of {{pods}} pods of revision {{revision}} cannot start a container: {{message}}',
  'reason.unschedulable': '{{failing}} of {{pods}} pods of revision {{revision}} cannot be scheduled: {{message}}',
  'reason.podsFail': '{{failing}} of {{pods}} pods of revision {{revision}} cannot run: {{reason}} in {{name}}.',
  'reason.podsNotReady': 'Running, but not ready: {{failing}} of {{pods}} pods of revision {{revision}}.',
  'reason.podsStarting': 'Waits for {{missing}} of {{pods}} pods of revision {{revision}}.',
  'reason.podsSettling': 'Ready for less than {{seconds}} s: {{missing}} of {{pods}} pods of revision {{revision}}.',
  'reason.podsStopping': 'Waits for old pods to stop.',
  'reason.podHeldBack': 'Pod {{name}} cannot go: finalizer {{finalizer}} holds it.',
  'reason.deadline': 'Deadline of {{seconds}} s passed.',
  'reason.stableTooSmall':
    'The router keeps its weights: stable needs {{need}} pods available for the next one and has {{available}}.',
  'reason.notVerified': 'The router has not confirmed weight {{weight}} yet.',
  'reason.subsetsWait': 'The DestinationRule keeps its subsets until all pods of {{name}} are available.',
  'reason.analysis': 'Waits for the analysis {{name}}.',
  'reason.stepUnderWay': 'Step {{step}} is under way.',
  'reason.restarting': 'Its pods are being restarted one after the other.',
  'reason.notObserved': 'Its controller has not acted on the last change yet.',
  'reason.notReported': 'No controller has reported on it yet.',
  'reason.told': '{{message}}',
  'reason.disruptionBudget': 'Pod {{name}} may not be evicted now: {{message}}',
  'reason.missingRight': 'Argosy may not {{verb}} {{resource}} in namespace {{namespace}}.',
  'reason.writeRefused': 'The cluster refuses a change of {{kind}} {{name}}: {{message}}',
  'reason.anotherWriter': '{{manager}} keeps changing {{kind}} {{name}} at the same time.',
  'reason.engineFault': 'Argosy came upon a fault of its own at this rollout. Its log has the details.',
  'reason.nobodyDrives': 'No controller is at work in this cluster.',
  'reason.drivenElsewhere': '{{holder}} drives this cluster and has to act.',
  'reason.leaseUnreadable': 'The lease of this cluster cannot be used, so nothing is driven from here: {{message}}',
  'reason.rival':
    'Controller {{name}} in namespace {{namespace}} acts without the common lease, so Argosy writes nothing.',
} as const

/** What to do about a cause, where a person can do something. */
export const advice = {
  'advice.invalidSpec': 'Mend the spec; it goes on by itself.',
  'advice.serviceMissing': 'Create the Service, or name another one in the strategy.',
  'advice.workloadMissing': 'Create it, or name another one in workloadRef.',
  'advice.quotaUsedUp': 'Raise the quota, free some of it, or lower maxSurge.',
  'advice.podsDenied': 'Read what the check asks of the pods and change the template.',
  'advice.imagePull': 'Check the image name, its tag and the pull secret; abort if stable should take over.',
  'advice.crashLoop': 'Read the log of the container that ended; abort if stable should take over.',
  'advice.containerConfig': 'Create what is missing, or change the template.',
  'advice.unschedulable': 'Free room, add nodes, or change requests, selectors and tolerations.',
  'advice.podsNotReady': 'Look at the readiness probe and what it depends on.',
  'advice.podHeldBack': 'Find out who should remove the finalizer.',
  'advice.disruptionBudget': 'It is tried again every half minute; change the budget or add pods to hurry it.',
  'advice.missingRight': 'Ask for this right.',
  'advice.anotherWriter': 'Let one of the two own the field.',
  'advice.nobodyDrives': 'Start the controller, or drive this cluster from here.',
  'advice.leaseUnreadable': 'Check the rights on leases in the namespace of the controller.',
  'advice.rival': 'Let that controller elect its leader by the same Lease, or scale it to nothing.',
} as const satisfies Partial<Record<`advice.${Cause}`, string>>

export type Cause = keyof typeof sentences extends `reason.${infer C}` ? C : never

type NamesIn<S extends string> = S extends `${string}{{${infer Name}}}${infer Rest}` ? Name | NamesIn<Rest> : never
type ValuesOf<C extends Cause> = Readonly<Record<NamesIn<(typeof sentences)[`reason.${C}`]>, string | number>>

/** Kind and name of an object in the namespace of the Rollout, or of the cluster. */
export interface NamedObject {
  readonly kind: string
  readonly name: string
}

interface ReasonOf<C extends Cause> {
  readonly cause: C
  /** What blocks, or what is waited for. */
  readonly object: NamedObject | undefined
  /** As far as any object tells. */
  readonly since: EpochMs | undefined
  /** What fills the sentence. */
  readonly values: ValuesOf<C>
}

/** Why a Rollout is where it is, as data: a window or a terminal makes a sentence of it. */
export type Reason = { readonly [C in Cause]: ReasonOf<C> }[Cause]

/** In English, ending in a full stop. */
export const reasonText = ({ cause, values }: Reason): string =>
  sentences[`reason.${cause}`].replaceAll(/{{(\w+)}}/g, (_, name: string) =>
    String((values as Readonly<Record<string, string | number>>)[name]),
  )

/** A cause about which somebody can do something. */
export type AdvisedCause = keyof typeof advice extends `advice.${infer C}` ? C : never

export const isAdvised = (cause: Cause): cause is AdvisedCause => `advice.${cause}` in advice

/** What can be done about it, in English. */
export const adviceText = ({ cause }: Reason): string | undefined =>
  isAdvised(cause) ? advice[`advice.${cause}`] : undefined

/** Several, one after the other. */
export const reasonsText = (reasons: readonly Reason[]): string => reasons.map(reasonText).join(' ')
