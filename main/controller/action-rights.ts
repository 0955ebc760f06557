import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { type ActionName, actionNames } from '#contract/views.ts'
import { missingRightText, type NeededRight, neededRights } from '#engine/actions/needed-rights.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { type AccessQuestion, askAccess } from '#main/cluster/can-i.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** Which actions RBAC closes on the Rollouts of one cluster, as far as it is known (ACT-14). */
export interface ActionRights {
  /**
   * Answers at once from what is known, and asks for what is not; listeners are told when that changes the answer. Nothing
   * known closes nothing. `named`: also whether the right is granted on this very Rollout, one more question for each denied one.
   */
  closed(rollout: Rollout, named?: boolean): Readonly<Partial<Record<ActionName, string>>>
  /** As `closed`, for one right on any namespaced object: in words, or `undefined` while nothing is known to be missing. */
  lacks(right: NeededRight, object: Pick<KubeObject, 'metadata'>): string | undefined
  /** The right that one action on this very Rollout lacks, in words; waits for the questions that are open. */
  missing(action: ActionName, rollout: Rollout): Promise<string | undefined>
  onChange(listener: () => void): Dispose
  /** Somebody else is signed in now: nothing is known. */
  forget(): void
}

const lifetimeMs = 300_000
/** A question without an answer is not asked again at every look. */
const failedLifetimeMs = 30_000
const answersMax = 2000
/** Everywhere, in the namespace, on the object: each is asked after the one before was denied. */
const scopes = 3

/** What is done to an analysis or an Experiment is done on a page: the board asks for no right to it. */
const pageActions: readonly ActionName[] = ['rerunAnalysis', 'terminateAnalysis', 'terminateExperiment']
const boardActions = actionNames.filter((action) => !pageActions.includes(action))

interface Answer {
  readonly until: EpochMs
  /** `undefined`: on its way, or it failed. */
  readonly allowed: boolean | undefined
}

/**
 * One cluster's rights by SelfSubjectAccessReview, widest question first: whoever may patch Rollouts everywhere is asked about
 * no namespace. Answers stand for five minutes; an old one is used until the next is in. Once 2000 stand, no further question is
 * asked until some are old: dropping one that stands would only have it asked again.
 */
export function createActionRights(client: Pick<ClusterClient, 'create'>, clock: Clock): ActionRights {
  const answers = new Map<string, Answer>()
  const listeners = new Set<() => void>()
  const asking = new Set<Promise<void>>()

  let generation = 0

  const hasRoom = (): boolean => {
    if (answers.size < answersMax) return true
    for (const [key, { until }] of answers) if (until <= clock.now()) answers.delete(key)
    return answers.size < answersMax
  }

  const ask = async (key: string, question: AccessQuestion, before: boolean | undefined) => {
    const asked = generation
    const answer = await askAccess(client, question)
    if (asked !== generation) return
    const allowed = answer.ok ? answer.value : before
    answers.set(key, { until: clock.now() + (answer.ok ? lifetimeMs : failedLifetimeMs), allowed })
    // Nothing known closes nothing, and a yes closes nothing either: only a no is news.
    if ((allowed === false) !== (before === false)) for (const listener of listeners) listener()
  }

  const known = (question: AccessQuestion): boolean | undefined => {
    const { verb, resource, subresource = '', namespace = '', name = '' } = question
    const key = `${verb}/${resource.group}/${resource.plural}/${subresource}/${namespace}/${name}`
    const answer = answers.get(key)
    if (answer !== undefined && clock.now() < answer.until) return answer.allowed
    if (answer === undefined && !hasRoom()) return undefined
    answers.set(key, { until: clock.now() + failedLifetimeMs, allowed: answer?.allowed })
    const asked = ask(key, question, answer?.allowed).finally(() => asking.delete(asked))
    asking.add(asked)
    return answer?.allowed
  }

  /** True unless every question that could grant it was answered with no. */
  const isGranted = (right: NeededRight, { metadata }: Rollout, named: boolean): boolean => {
    const { namespace, name } = metadata
    if (known(right) !== false || known({ ...right, namespace }) !== false) return true
    return named && right.resource.kind === 'Rollout' && known({ ...right, namespace, name }) !== false
  }

  const closed: ActionRights['closed'] = (rollout, named = false) => {
    const actions = named ? actionNames : boardActions
    const reasons = actions.flatMap((action) => {
      const missing = neededRights(action, rollout).filter((right) => !isGranted(right, rollout, named))
      return missing.length === 0
        ? []
        : [[action, missingRightText(missing, rollout.metadata.namespace ?? '')] as const]
    })
    return Object.fromEntries(reasons)
  }

  return {
    closed,
    lacks(right, { metadata: { namespace } }) {
      if (known(right) !== false || known({ ...right, namespace }) !== false) return undefined
      return missingRightText([right], namespace ?? '')
    },
    async missing(action, rollout) {
      for (let round = 0; round < scopes; round++) {
        closed(rollout, true)
        if (asking.size === 0) break
        await Promise.all(asking)
      }
      return closed(rollout, true)[action]
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    forget() {
      generation++
      answers.clear()
      for (const listener of listeners) listener()
    },
  }
}
