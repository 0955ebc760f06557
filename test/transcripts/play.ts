import { anOwnNamespace, type OwnNamespace } from '#test/support/own-namespace.ts'
import { type Controllers, controllersOf } from './controllers.ts'
import { type Metrics, startMetrics } from './metrics.ts'
import { refuseNothing, refuseStatus } from './refusals.ts'
import type { Apply, Claim, Drive, Expose, Range, Refuse, Run, Scenario, Stays, Step, Told, Until } from './scenario.ts'
import { aShell, environmentOf, type Shell } from './shell.ts'
import { type Moment, type Sight, watchNamespace } from './sight.ts'
import { looks, podsIn } from './state.ts'
import { inWords, lineOf, manifestLine, seconds } from './words.ts'

export interface Played {
  /** What did not hold; empty when everything did. */
  readonly failures: readonly string[]
}

export interface PlayOptions {
  readonly kubeconfig: string
  /** A Rollouts controller to see instead of Argosy's engine. */
  readonly controller?: string | undefined
  /** A folder for compiled code, the same for all scenarios. */
  readonly compileCache: string
  readonly print: (line: string) => void
}

/** Plays a scenario in a namespace of its own, printing what is done, what is seen and what holds. */
export async function play(
  scenario: Scenario,
  { kubeconfig, controller, compileCache, print }: PlayOptions,
): Promise<Played> {
  const metrics = scenario.steps.some((step) => 'metrics' in step) ? await startMetrics() : undefined
  const place = await anOwnNamespace(kubeconfig)
  const environment = environmentOf(place, compileCache, metrics?.url)
  const controllers = controllersOf(place, environment, controller)
  const startedAtMs = performance.now()
  const lines: Line[] = []
  const say = (mark: string, text: string, atMs = performance.now()) => void lines.push({ atMs, mark, text })
  let last: Moment | undefined
  const sight = watchNamespace(place, (moment) => {
    const line = lineOf(moment, last)
    last = moment
    if (line !== undefined) say(moment.reason === undefined ? ' ' : '•', line, moment.atMs)
  })
  const shell = aShell(place, environment)
  const stage: Stage = { place, shell, controllers, sight, metrics, say, failures: [], since: 0 }
  try {
    for (const step of scenario.steps) await take(step, stage)
    await comesToRest(stage)
    for (const line of controller === undefined ? controllers.errors() : []) fail(stage, `the engine logged ${line}`)
  } catch (error) {
    fail(stage, error instanceof Error ? error.message : String(error))
  } finally {
    await controllers.end()
    sight.close()
    if (scenario.steps.some((step) => 'refuse' in step)) await refuseNothing(place)
    await metrics?.close()
    await place.end()
    for (const { atMs, mark, text } of merged(lines))
      print(`${seconds(atMs - startedAtMs).padStart(7)}  ${mark} ${text}`)
  }
  return { failures: stage.failures }
}

interface Line {
  readonly atMs: number
  /** `$` a command, `>` what it printed, `•` Events, `✓` `✗` an assertion; else what was seen. */
  readonly mark: string
  readonly text: string
}

/** In the order of time. Events that follow each other share a line; of pods that get ready one after the other the last is told. */
function merged(lines: readonly Line[]): readonly Line[] {
  const all: Line[] = []
  for (const line of lines.toSorted((a, b) => a.atMs - b.atMs)) {
    const before = all.at(-1)
    if (line.mark === '•' && before?.mark === '•')
      all[all.length - 1] = { ...before, text: `${before.text}, ${line.text}` }
    else if (line.mark === ' ' && before?.mark === ' ' && exceptReady(line) === exceptReady(before))
      all[all.length - 1] = line
    else all.push(line)
  }
  return all
}

const exceptReady = ({ text }: Line): string => text.replaceAll(/:\d+\//g, ':')

interface Stage {
  readonly place: OwnNamespace
  readonly shell: Shell
  readonly controllers: Controllers
  readonly sight: Sight
  readonly metrics: Metrics | undefined
  readonly say: (mark: string, text: string) => void
  readonly failures: string[]
  /** Index of the moment of the last `{ from: 'here' }`. */
  since: number
}

/** What a scenario cannot go on without. */
class Stuck extends Error {}

const pollMs = 20
const withinDefault = 60
const lastWordsMs = 5_000
const quietMs = 400
const restMs = 2_000
const restMsMax = 30_000

async function take(step: Step, stage: Stage): Promise<void> {
  if ('apply' in step) return apply(step, stage)
  if ('run' in step) return run(step, stage)
  if ('controller' in step) return drive(step, stage)
  if ('refuse' in step) return refuse(step, stage)
  if ('metrics' in step) return expose(step, stage)
  if ('until' in step) return waitFor(step, stage)
  if ('stays' in step) return stays(step, stage)
  if ('told' in step) return told(step, stage)
  if ('range' in step) return range(step, stage)
  await settle(stage)
  stage.since = stage.sight.moments.length
}

async function apply({ apply: objects }: Apply, stage: Stage): Promise<void> {
  stage.say('$', `kubectl apply -f -   # ${objects.map(manifestLine).join(', ')}`)
  const input = objects.map((each) => JSON.stringify(each)).join('\n')
  const { code, output } = await stage.shell('kubectl apply -f -', input)
  if (code !== 0) throw new Stuck(`kubectl apply: ${output}`)
}

async function run({ run: line, prints, exit = 0, ...claim }: Run, stage: Stage): Promise<void> {
  stage.say('$', line)
  const { code, output } = await stage.shell(line)
  for (const each of output.trimEnd().split('\n')) if (each !== '') stage.say('>', each)
  if (code !== exit) throw new Stuck(`${line} ended with ${code}: ${output}`)
  if (prints !== undefined) judge(stage, claim, prints.test(output), `it printed ${output.trim()}`)
}

async function drive({ controller, name = 'engine' }: Drive, stage: Stage): Promise<void> {
  const words = { start: `argosy engine & # ${name}`, kill: `kill -9 %${name}`, stop: `kill %${name}` }
  stage.say('$', words[controller])
  await stage.controllers[controller](name)
}

async function refuse({ refuse: when }: Refuse, stage: Stage): Promise<void> {
  stage.say(
    '$',
    `kubectl ${when === 'nothing' ? 'delete' : 'create'} validatingadmissionpolicy   # status refused: ${when}`,
  )
  await (when === 'nothing' ? refuseNothing(stage.place) : refuseStatus(stage.place, when))
}

async function expose({ metrics }: Expose, stage: Stage): Promise<void> {
  stage.say('$', `echo '${inWords(metrics)}' > metrics   # what Prometheus finds`)
  await stage.metrics?.expose(metrics)
}

async function waitFor({ until, within = withinDefault, ...claim }: Until, stage: Stage): Promise<void> {
  const deadline = performance.now() + within * 1000
  while (!looks(stage.sight.state, until)) {
    if (performance.now() > deadline) {
      const text = `not within ${within} s: ${inWords(until)}; it is ${JSON.stringify(stage.sight.state)}`
      if (claim.rule === undefined) throw new Stuck(text)
      return judge(stage, claim, false, text)
    }
    await rest(pollMs)
  }
  judge(stage, claim, true, '')
}

async function stays({ stays: look, seconds: forSeconds, ...claim }: Stays, stage: Stage): Promise<void> {
  const from = stage.sight.moments.length
  await rest(forSeconds * 1000)
  const wrong = [stage.sight.state, ...stage.sight.moments.slice(from).map(({ state }) => state)].find(
    (state) => !looks(state, look),
  )
  judge(stage, claim, wrong === undefined, `it became ${JSON.stringify(wrong)}`)
}

async function told({ told: topic, is, ...claim }: Told, stage: Stage): Promise<void> {
  const deadline = performance.now() + lastWordsMs
  const same = (values: readonly string[]) => values.join('|') === is.join('|')
  let values = valuesOf(topic, stage)
  while (!same(values) && performance.now() < deadline) {
    await rest(pollMs)
    values = valuesOf(topic, stage)
  }
  judge(stage, claim, same(values), `${topic} went [${values.join(' | ')}], not [${is.join(' | ')}]`)
}

/** Each value once as long as it lasts; Events one by one. */
function valuesOf(topic: string, { sight, since }: Stage): readonly string[] {
  const moments = sight.moments.slice(since)
  if (topic === 'event') return moments.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))
  const before = sight.moments[since - 1]?.state[topic] ?? ''
  const values = moments.map(({ state }) => state[topic] ?? '')
  return values.filter((value, index) => value !== (index === 0 ? before : values[index - 1]))
}

async function range({ range: what, min = 0, max = Infinity, ...claim }: Range, stage: Stage): Promise<void> {
  await settle(stage)
  const counts = stage.sight.moments.slice(stage.since).map(({ state }) => podsIn(state, what))
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  judge(stage, claim, least >= min && most <= max, `${what} went from ${least} to ${most}, not ${min} to ${max}`)
}

/** Until a moment goes by without anything new, so that what was before is told. */
async function settle({ sight }: Stage): Promise<void> {
  const deadline = performance.now() + lastWordsMs
  const from = performance.now()
  while (performance.now() < Math.max(from, sight.moments.at(-1)?.atMs ?? 0) + quietMs && performance.now() < deadline)
    await rest(pollMs)
}

/** Whatever happened, in the end nothing is written any more (E3). */
async function comesToRest(stage: Stage): Promise<void> {
  const deadline = performance.now() + restMsMax
  const lastMs = () => stage.sight.moments.at(-1)?.atMs ?? 0
  while (performance.now() < lastMs() + restMs) {
    if (performance.now() > deadline) return fail(stage, `is not at rest after ${restMsMax / 1000} s`)
    await rest(pollMs)
  }
}

function judge(stage: Stage, { rule, says }: Partial<Claim>, holds: boolean, otherwise: string): void {
  if (rule === undefined) return
  if (holds) stage.say('✓', `${rule}: ${says}`)
  else fail(stage, `${rule}: ${says}: ${otherwise}`)
}

function fail(stage: Stage, text: string): void {
  stage.failures.push(text)
  stage.say('✗', text)
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
