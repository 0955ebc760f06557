import { type Command, Option } from 'commander'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import { type FollowedRollout, followRollout } from './shown-rollout.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'
import { whyLines } from './why-lines.ts'

interface StatusOptions extends TargetOptions {
  readonly watch: 'true' | 'false'
  readonly timeout: string
  readonly forecast?: boolean
  readonly generation?: string
}

/** `argosy status`: waits until a Rollout is Healthy or Degraded (ACT-130…134). */
export function registerStatus(program: Command, io: CliIo, folder: string): void {
  program
    .command('status <name>')
    .description('wait until a rollout is healthy or degraded')
    .addOption(
      new Option('--watch <bool>', 'wait (true), or print the status of now (false)')
        .choices(['true', 'false'])
        .default('true'),
    )
    .option('--timeout <duration>', 'give up after this long, for example 10m (0: never)', '0')
    .option('--forecast', 'first say when it is expected to be done')
    .option('--generation <number>', 'wait for this generation of the spec to be observed first')
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StatusOptions>()
      const timeoutMs = durationOf(options.timeout)
      const generation = generationOf(options.generation)
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      const wait = { name, timeoutMs, generation, watch: options.watch === 'true', named: targets.length > 1 }
      const codes = await onEach(targets, async (target) => {
        if (options.forecast === true) await tellForecast(target, wait, folder, io)
        return waitFor(target, wait, io)
      })
      io.exitWith(worstOf(codes))
    })
}

function generationOf(text: string | undefined): number {
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`--generation must be a number, not "${text}"`)
  return Number(text ?? 0)
}

interface Wait {
  readonly name: string
  /** 0: for ever. */
  readonly timeoutMs: number
  readonly generation: number
  readonly watch: boolean
  /** Say which context a line is about. */
  readonly named: boolean
}

/** Not to be known is no failure: the status comes all the same. */
async function tellForecast(target: Target, { name, named }: Wait, folder: string, io: CliIo): Promise<void> {
  const { readForecast } = await import('./read-forecast.ts')
  const { forecastLine } = await import('./forecast-text.ts')
  const read = await readForecast(target, name, { folder, io })
  if (!read.ok) return
  const line = forecastLine(read.value.forecast, read.value.rollout, io.clock.now())
  io.out(`${named ? `${target.context}: ` : ''}Forecast: ${line}`)
}

async function waitFor(target: Target, wait: Wait, io: CliIo): Promise<ExitCode> {
  const prefix = wait.named ? `${target.context}: ` : ''
  const read = await target.client.get(resources.rollouts, { namespace: target.namespace, name: wait.name })
  if (!read.ok) {
    io.err(`${prefix}${failureText(read.error)}`)
    return exitCodeOf(read.error)
  }
  const first = phaseOf(read.value as Rollout, wait)
  if (wait.watch) return watchUntilDone(target, wait, prefix, io)
  io.out(`${prefix}${first.phase === 'Healthy' || first.phase === 'Degraded' ? first.phase : lineOf(first)}`)
  if (first.phase !== 'Healthy') await whyTeller(target, wait, prefix, io).tell()
  return first.phase === 'Degraded' ? exitCodes.failed : exitCodes.ok
}

interface Phase {
  readonly phase: string
  readonly message: string
}

/** VIEW-40…44; an older generation than the one waited for counts as not observed (ACT-134). */
function phaseOf(rollout: Rollout, wait: Wait): Phase {
  if ((rollout.metadata.generation ?? 0) < wait.generation)
    return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed' }
  return shownPhase(rollout)
}

const lineOf = ({ phase, message }: Phase): string => (message === '' ? phase : `${phase} - ${message}`)

/** Prints each distinct line (ACT-132), until a terminal phase, the timeout, or an interrupt (ACT-133). */
async function watchUntilDone(target: Target, wait: Wait, prefix: string, io: CliIo): Promise<ExitCode> {
  const end = Promise.withResolvers<'done' | 'deleted'>()
  let followed: FollowedRollout | undefined
  let last: Phase | undefined
  let printed = ''
  const why = whyTeller(target, wait, prefix, io)
  const look = () => {
    if (followed?.live !== true) return
    const current = followed.current()
    if (current === undefined) return end.resolve('deleted')
    last = phaseOf(current.rollout, wait)
    const line = `${prefix}${lineOf(last)}`
    if (line !== printed) {
      io.out(line)
      why.after(quietMs.first)
    }
    printed = line
    if (last.phase === 'Healthy' || last.phase === 'Degraded') end.resolve('done')
  }
  let told = ''
  const broken = (failure: Parameters<typeof failureText>[0]) => {
    const text = failureText(failure)
    if (text !== told) io.err(`${prefix}${text}`)
    told = text
  }
  followed = await followRollout(target, wait.name, { children: false, changed: () => look(), broken }, io)
  const giveUp = () => end.resolve('done')
  const cancel = wait.timeoutMs === 0 ? () => undefined : io.clock.after(wait.timeoutMs, giveUp)
  io.interrupted.addEventListener('abort', giveUp, { once: true })
  if (io.interrupted.aborted) giveUp()
  look()
  const how = await end.promise
  cancel()
  why.stop()
  followed.stop()
  if (how === 'deleted') {
    io.err(`${prefix}the rollout was deleted`)
    return exitCodes.failed
  }
  if (last?.phase !== 'Healthy') await why.tell()
  return verdict(last, prefix, io)
}

/** A line that stands this long is explained; then again from time to time, where the explanation has changed. */
const quietMs = { first: 5_000, again: 30_000 }

/** Nobody waits longer for an explanation. */
const explanationMs = 3_000

/** Says why nothing happens: on the error stream, for scripts read the other one. */
function whyTeller(target: Target, wait: Wait, prefix: string, io: CliIo) {
  let told: readonly string[] = []
  let cancel = () => {}
  const tell = async () => {
    const late = Promise.withResolvers<undefined>()
    const onTime = io.clock.after(explanationMs, () => late.resolve(undefined))
    const now = io.clock.now() + (target.client.clockOffsetMs ?? 0)
    const lines = await Promise.race([whyLines(target, wait.name, now), late.promise])
    onTime()
    for (const line of lines ?? []) if (!told.includes(line)) io.err(`${prefix}${line}`)
    told = lines ?? told
  }
  const after = (ms: number) => {
    cancel()
    cancel = io.clock.after(ms, () => {
      after(quietMs.again)
      void tell()
    })
  }
  return { tell, after, stop: () => cancel() }
}

function verdict(last: Phase | undefined, prefix: string, io: CliIo): ExitCode {
  if (last?.phase === 'Healthy') return exitCodes.ok
  const text =
    last?.phase === 'Degraded'
      ? `The rollout is in a degraded state with message: ${last.message}`
      : 'Rollout status watch exceeded timeout'
  io.err(`${prefix}${text}`)
  return exitCodes.failed
}
