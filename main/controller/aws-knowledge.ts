import type { AwsAnswers, AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { failure } from '#lib/outcome.ts'

/** Who asks AWS, and how the tag is called by which target groups are known (FEA-3). */
export interface AwsPort {
  readonly tagKey: string
  readonly ask: (questions: AwsQuestions) => Promise<AwsAnswers>
}

/** A little less than the time after which a weight that has not arrived is looked at again (TR-28). */
const freshMs = 9_000

interface Known {
  readonly answers: AwsAnswers
  readonly at: EpochMs
}

const nothing: AwsAnswers = { loadBalancers: new Map(), targets: new Map() }

/**
 * What AWS last said about the load balancers of each Rollout. One question at a time for each; answers are forgotten when they are old,
 * and when something was written since, for then they are about something else.
 */
export class AwsKnowledge {
  readonly #clock: Clock
  readonly #port: AwsPort
  readonly #answered: (key: string) => void
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, symbol>()

  /** @param answered told with `namespace/name` of a Rollout when AWS has answered about it */
  constructor(clock: Clock, port: AwsPort, answered: (key: string) => void) {
    this.#clock = clock
    this.#port = port
    this.#answered = answered
  }

  get tagKey(): string {
    return this.#port.tagKey
  }

  /** What is known and fresh. */
  of(key: string): AwsAnswers {
    const known = this.#known.get(key)
    return known === undefined || this.#clock.now() - known.at > freshMs ? nothing : known.answers
  }

  /** Asks, unless that is under way. */
  async ask(key: string, questions: AwsQuestions): Promise<void> {
    if (this.#asking.has(key)) return
    const mine = Symbol(key)
    this.#asking.set(key, mine)
    const before = this.of(key)
    const answers = await this.#port.ask(questions).catch((error: unknown) => unanswered(questions, error))
    // Something was written in the meantime: nobody knows whether that is in the answers.
    if (this.#asking.get(key) === mine) {
      this.#asking.delete(key)
      this.#known.set(key, { answers: together(before, answers), at: this.#clock.now() })
    }
    this.#answered(key)
  }

  /** The Rollout has gone, or something of it was written. */
  forget(key: string): void {
    this.#known.delete(key)
    this.#asking.delete(key)
  }
}

/** Not even asked: that is told as what AWS refuses is, and tried again as soon. */
function unanswered({ hostNames, targetGroups }: AwsQuestions, error: unknown): AwsAnswers {
  const why = failure(error instanceof Error ? error.message : String(error))
  return {
    loadBalancers: new Map(hostNames.map((name) => [name, why])),
    targets: new Map(targetGroups.map((arn) => [arn, why])),
  }
}

const together = (before: AwsAnswers, after: AwsAnswers): AwsAnswers => ({
  loadBalancers: new Map([...before.loadBalancers, ...after.loadBalancers]),
  targets: new Map([...before.targets, ...after.targets]),
})
