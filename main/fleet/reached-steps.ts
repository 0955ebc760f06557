import type { RolloutKey, RolloutView } from '#contract/views.ts'

interface Reached {
  readonly uid: string
  readonly podHash: string | undefined
  readonly stepIndex: number
}

/**
 * How far each update was last seen to have come. An abort takes the index of the Rollout back to 0 (ACT-52) and leaves nothing on it
 * that says where it was; events may, but a controller writes only so many of them about one object.
 */
export class ReachedSteps {
  readonly #reached = new Map<RolloutKey, Reached>()

  /** To be called with every new view of a rollout. */
  note({ key, uid, currentPodHash: podHash, status, stepIndex }: RolloutView): void {
    if (stepIndex === undefined || (status === 'Aborted' && stepIndex === 0)) return
    this.#reached.set(key, { uid, podHash, stepIndex })
  }

  forget(key: RolloutKey): void {
    this.#reached.delete(key)
  }

  /** The step that this very update was at; `undefined` when it was not seen. */
  of({ key, uid, currentPodHash }: RolloutView): number | undefined {
    const reached = this.#reached.get(key)
    return reached?.uid === uid && reached.podHash === currentPodHash ? reached.stepIndex : undefined
  }
}
