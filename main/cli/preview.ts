import type { Command } from 'commander'
import { failureText } from '#main/controller/failure-text.ts'
import { exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import type { ReadForecast } from './read-forecast.ts'
import { onEach, type TargetOptions, targetsOrExit } from './targets.ts'

/** `argosy preview`: what the engine will do next, when, and how it ends, without doing any of it (W13, W15). */
export function registerPreview(program: Command, io: CliIo, folder: string): void {
  program
    .command('preview <name>')
    .description('what happens next to a rollout, and when it is done')
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TargetOptions>()
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      const { readForecast } = await import('./read-forecast.ts')
      const found = new Map<string, ReadForecast>()
      const named = targets.length > 1
      const codes = await onEach(targets, async (target) => {
        const read = await readForecast(target, name, { folder, io })
        if (read.ok) found.set(target.context, read.value)
        else io.err(named ? `${target.context}: ${failureText(read.error)}` : failureText(read.error))
        return read.ok ? exitCodes.ok : exitCodeOf(read.error)
      })
      await print(
        targets.flatMap(({ context }) => {
          const one = found.get(context)
          return one === undefined ? [] : [{ context, ...one }]
        }),
        { named, isJson: options.output === 'json' },
        io,
      )
      io.exitWith(worstOf(codes))
    })
}

/** In JSON one object for one cluster, an array for several; a cluster that did not answer is left out. */
async function print(
  all: readonly (ReadForecast & { readonly context: string })[],
  { named, isJson }: { readonly named: boolean; readonly isJson: boolean },
  io: CliIo,
): Promise<void> {
  if (isJson) {
    const objects = all.map(({ context, rollout: { metadata }, forecast }) => ({
      context,
      namespace: metadata.namespace,
      name: metadata.name,
      forecast,
    }))
    if (objects.length > 0) io.out(JSON.stringify(named ? objects : objects[0], undefined, 2))
    return
  }
  const { formatForecast } = await import('./forecast-text.ts')
  for (const [index, { context, rollout, forecast }] of all.entries()) {
    if (index > 0) io.out('')
    if (named) io.out(`Context:    ${context}`)
    for (const line of formatForecast(forecast, rollout, io.clock.now())) io.out(line)
  }
}
