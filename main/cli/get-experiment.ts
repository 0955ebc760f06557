import { failureText } from '#main/controller/failure-text.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import type { ShownExperiment } from './experiment-tree.ts'
import { type CliIo, UsageError } from './io.ts'
import { onEach, type Target, type TargetOptions } from './targets.ts'

const kindWords = new Set(['experiment', 'experiments', 'exp'])

/** The name after `experiment`; `undefined` when something else is asked for. */
export function experimentNameOf([kind, ...names]: readonly string[]): string | undefined {
  if (kind === undefined || !kindWords.has(kind) || names.length === 0) return undefined
  if (names.length > 1) throw new UsageError(`get shows one experiment, not ${names.join(' and ')}`)
  return names[0]
}

/** ACT-121: one Experiment as a tree, on each cluster; for programs the object as it is. */
export async function showExperiment(
  name: string,
  targets: readonly Target[],
  { output }: TargetOptions,
  io: CliIo,
): Promise<ExitCode> {
  const { formatExperiment, readExperiment } = await import('./experiment-tree.ts')
  const found = new Map<string, ShownExperiment>()
  const named = targets.length > 1
  const codes = await onEach(targets, async (target) => {
    const read = await readExperiment(target, name)
    if (read.ok) found.set(target.context, read.value)
    else io.err(named ? `${target.context}: ${failureText(read.error)}` : failureText(read.error))
    return read.ok ? exitCodes.ok : exitCodeOf(read.error)
  })
  const shown = targets.flatMap(({ context }) => {
    const one = found.get(context)
    return one === undefined ? [] : [{ context, one }]
  })
  if (output === 'json') {
    const lists = shown.map(({ context, one }) => ({ context, items: [one.experiment] }))
    const [first] = shown
    if (first !== undefined) io.out(JSON.stringify(named ? lists : first.one.experiment, undefined, 2))
  } else
    for (const [index, { context, one }] of shown.entries()) {
      if (index > 0) io.out('')
      if (named) io.out(`Context:         ${context}`)
      for (const line of formatExperiment(one, io.clock.now(), io.colours)) io.out(line)
    }
  return worstOf(codes)
}
