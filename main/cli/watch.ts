import type { Command } from 'commander'
import type { Failure } from '#lib/failure.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { createRedraw } from './redraw.ts'
import { type FollowedRollout, followRollout, readShown, type ShownRollout } from './shown-rollout.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface WatchOptions extends TargetOptions {
  readonly timeout: string
}

/** `argosy watch`: the tree of `get NAME`, drawn again as it changes, until interrupted or `--timeout` (ACT-120). */
export function registerWatch(program: Command, io: CliIo): void {
  program
    .command('watch <name>')
    .description('one rollout as a tree, redrawn as it changes')
    .option('--timeout <duration>', 'end after this long, for example 10m (0: never)', '0')
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<WatchOptions>()
      const timeoutMs = durationOf(options.timeout)
      const targets = await targetsOrExit(options, io)
      if (targets !== undefined) io.exitWith(await watch(name, targets, timeoutMs, io))
    })
}

/** The rollout of each cluster, or why it is not shown, in the order asked for. */
type Panels = Map<string, { readonly shown?: ShownRollout | undefined; readonly trouble?: string | undefined }>

async function watch(name: string, targets: readonly Target[], timeoutMs: number, io: CliIo): Promise<ExitCode> {
  const { formatRollout } = await import('./rollout-tree.ts')
  const panels: Panels = new Map(targets.map(({ context }) => [context, {}]))
  const redraw = createRedraw(io, (now) => panelLines(panels, (shown) => formatRollout(shown, now, io.colours)))
  const end = endOfWatch(timeoutMs, io)
  const codes = await onEach(targets, (target) => follow(target, name, { panels, changed: redraw.mark, end }, io))
  redraw.stop()
  return worstOf(codes)
}

/** Interrupt or timeout; both are a normal end. */
function endOfWatch(timeoutMs: number, io: CliIo): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timeoutMs === 0 ? () => undefined : io.clock.after(timeoutMs, () => resolve())
    const interrupted = () => {
      cancel()
      resolve()
    }
    if (io.interrupted.aborted) interrupted()
    else io.interrupted.addEventListener('abort', interrupted, { once: true })
  })
}

interface Screen {
  readonly panels: Panels
  readonly changed: () => void
  readonly end: Promise<void>
}

async function follow(target: Target, name: string, { panels, changed, end }: Screen, io: CliIo): Promise<ExitCode> {
  const { context } = target
  const first = await readShown(target, name)
  if (!first.ok) {
    io.err(panels.size > 1 ? `${context}: ${failureText(first.error)}` : failureText(first.error))
    panels.delete(context)
    return exitCodeOf(first.error)
  }
  panels.set(context, { shown: first.value })
  changed()
  let followed: FollowedRollout | undefined
  const look = () => {
    // Until the first lists are in, what was read stays.
    if (followed?.live !== true) return
    const shown = followed.current()
    panels.set(context, shown === undefined ? { trouble: 'the rollout was deleted' } : { shown })
    changed()
  }
  const broken = (failure: Failure) => {
    panels.set(context, { shown: panels.get(context)?.shown, trouble: failureText(failure) })
    changed()
  }
  followed = await followRollout(target, name, { children: true, changed: look, broken }, io)
  await end
  followed.stop()
  return exitCodes.ok
}

function panelLines(panels: Panels, format: (shown: ShownRollout) => readonly string[]): readonly string[] {
  const blocks = [...panels]
    .filter(([, { shown, trouble }]) => shown !== undefined || trouble !== undefined)
    .map(([context, { shown, trouble }]) => [
      ...(panels.size > 1 ? [`Context:         ${context}`] : []),
      ...(trouble === undefined ? [] : [`! ${trouble}`]),
      ...(shown === undefined ? [] : format(shown)),
    ])
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}
