/**
 * What a container does is written in the tag of its image, as whole words between other characters (`2.4.0-crash`,
 * `bad-red`), so that trouble can be ordered by releasing it:
 *
 * | word                     | the container                                                              |
 * |--------------------------|----------------------------------------------------------------------------|
 * | `crash`, `crashloop`     | exits 1 two to four seconds after each start: CrashLoopBackOff, 10 s … 5 min |
 * | `oom`                    | the same, killed for its memory: exit code 137, OOMKilled                   |
 * | `hang`, `never-ready`    | runs and never becomes ready                                               |
 * | `missing`, `pull-error`  | cannot be pulled: ErrImagePull, ImagePullBackOff                           |
 * | `slow`                   | is ready 30 s after its start                                              |
 * | `slow-stop`              | needs 20 s to stop (or the grace period, if shorter)                       |
 * | `bad`, `errors`          | is ready, and answers about every eighth request with a 5xx                |
 * | `flaky`                  | is ready, and answers about every fortieth request with a 5xx              |
 * | `laggy`                  | is ready, and about six times slower in its answers                        |
 * | `burst`                  | is ready, and good for 20 s of traffic; then two of five answers are a 5xx, for a minute; then good |
 * | `flapping`               | is ready, and by turns half a minute good, and half a minute with three 5xx in ten answers |
 * | `leak`                   | is ready, and slower with every ten seconds of traffic: twelve times after four minutes |
 * | `bimodal`                | is ready, and twenty times slower in about every seventh answer            |
 * | `no-metrics`             | is ready, and none of its answers is counted: it has no series             |
 * | `fail`                   | in a Job: exits 1                                                          |
 */
export interface ImageBehaviour {
  readonly start: 'normal' | 'slow' | 'never-ready' | 'crash' | 'out-of-memory' | 'unpullable'
  readonly stop: 'normal' | 'slow'
  /** Share of answers that are 5xx, 0…1. */
  readonly errorRate: number
  /** Multiplies the latency of the application. */
  readonly latencyFactor: number
  /** How its answers change while it has traffic. */
  readonly course: 'steady' | 'burst' | 'flapping' | 'leak'
  /** Whether a part of its answers is far slower than the rest. */
  readonly latencyModes: 'one' | 'two'
  readonly metrics: 'reported' | 'absent'
  /** Exit code of a container that is meant to end. */
  readonly exitCode: 0 | 1
}

/** First matching row wins. */
const startWords: readonly (readonly [ImageBehaviour['start'], readonly string[]])[] = [
  ['unpullable', ['missing', 'pull-error']],
  ['out-of-memory', ['oom']],
  ['crash', ['crash', 'crashloop']],
  ['never-ready', ['hang', 'never-ready']],
  ['normal', ['slow-stop']],
  ['slow', ['slow']],
]

/** First matching row wins. */
const courses = ['burst', 'flapping', 'leak'] as const

export function behaviourOf(image: string): ImageBehaviour {
  const tag = tagOf(image)
  const says = (...words: readonly string[]) => words.some((word) => wordIn(tag, word))
  return {
    start: startWords.find(([, words]) => says(...words))?.[0] ?? 'normal',
    stop: says('slow-stop') ? 'slow' : 'normal',
    errorRate: says('bad', 'errors') ? 0.12 : says('flaky') ? 0.025 : 0.002,
    latencyFactor: says('laggy') ? 6 : 1,
    course: courses.find((word) => says(word)) ?? 'steady',
    latencyModes: says('bimodal') ? 'two' : 'one',
    metrics: says('no-metrics') ? 'absent' : 'reported',
    exitCode: says('fail') ? 1 : 0,
  }
}

/** What follows the last colon, if that colon is not part of a registry's port; digests are ignored. */
export function tagOf(image: string): string {
  const named = image.split('@')[0] ?? ''
  const last = named.slice(named.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return colon === -1 ? 'latest' : last.slice(colon + 1)
}

const wordIn = (tag: string, word: string): boolean =>
  new RegExp(`(?:^|[^a-z0-9])${word}(?:[^a-z0-9]|$)`).test(tag.toLowerCase())
