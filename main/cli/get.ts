import type { Command } from 'commander'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { experimentNameOf, showExperiment } from './get-experiment.ts'
import { type CliIo, UsageError } from './io.ts'
import type { ListedRollout } from './rollout-list.ts'
import { readShown, type ShownRollout } from './shown-rollout.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface GetOptions extends TargetOptions {
  readonly allNamespaces?: boolean
}

/** `argosy get`: the Rollouts of a namespace as a list (ACT-122), one with its children as a tree (ACT-120), or an Experiment (ACT-121). */
export function registerGet(program: Command, io: CliIo, folder: string): void {
  program
    .command('get [words...]')
    .usage('[options] [[rollout] <name> | experiment <name>]')
    .description('the rollouts of a namespace, or one as a tree; an experiment as a tree')
    .option('-A, --all-namespaces', 'of all namespaces')
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GetOptions>()
      const experiment = experimentNameOf(words)
      const name = experiment ?? nameOf(words)
      if (name !== undefined && options.allNamespaces === true)
        throw new UsageError('a name is of one namespace: leave out -A, or the name')
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      if (experiment !== undefined) return io.exitWith(await showExperiment(experiment, targets, options, io))
      io.exitWith(
        name === undefined ? await list(targets, options, io) : await show(name, targets, { ...options, folder }, io),
      )
    })
}

const kindWords = new Set(['rollout', 'rollouts', 'ro'])

/** The kind may stand in front, as the kubectl plugin has it; alone it asks for the list. */
function nameOf(words: readonly string[]): string | undefined {
  const [first, ...rest] = words
  const names = first !== undefined && kindWords.has(first) ? rest : words
  if (names.length > 1) throw new UsageError(`get shows one rollout or all of them, not ${names.join(' and ')}`)
  return names[0]
}

async function list(targets: readonly Target[], options: GetOptions, io: CliIo): Promise<ExitCode> {
  const found = new Map<string, readonly Rollout[]>()
  const named = targets.length > 1
  const codes = await onEach(targets, async ({ client, context, namespace }) => {
    const listed = await client.list(resources.rollouts, options.allNamespaces === true ? {} : { namespace })
    if (!listed.ok) return refuse(io, named ? context : undefined, listed.error)
    found.set(context, (listed.value.items as readonly Rollout[]).toSorted(byNamespaceAndName))
    return exitCodes.ok
  })
  // Answers arrive in any order; they are printed in the order asked for.
  const rollouts = targets.flatMap(({ context }): readonly ListedRollout[] =>
    (found.get(context) ?? []).map((rollout) => ({ context, rollout })),
  )
  if (options.output === 'json') printLists(targets, found, io)
  else if (rollouts.length > 0) {
    const { formatList } = await import('./rollout-list.ts')
    const shown = { contexts: named, namespaces: options.allNamespaces === true, colours: io.colours }
    for (const line of formatList(rollouts, shown)) io.out(line)
  } else if (found.size > 0) io.err('No resources found.')
  return worstOf(codes)
}

function byNamespaceAndName(a: Rollout, b: Rollout): number {
  const key = ({ metadata }: Rollout) => `${metadata.namespace ?? ''}/${metadata.name}`
  return key(a) < key(b) ? -1 : 1
}

/** One cluster: `{context, items}`; several: an array of those. A cluster that did not answer is left out. */
function printLists(targets: readonly Target[], found: ReadonlyMap<string, readonly Rollout[]>, io: CliIo): void {
  const lists = targets.flatMap(({ context }) => {
    const items = found.get(context)
    return items === undefined ? [] : [{ context, items }]
  })
  printJson(targets.length > 1 ? lists : lists[0], io)
}

interface Shown {
  readonly shown: ShownRollout
  /** When it is done, while something is under way and can be foreseen. */
  readonly forecast: string | undefined
}

async function show(
  name: string,
  targets: readonly Target[],
  options: GetOptions & { readonly folder: string },
  io: CliIo,
): Promise<ExitCode> {
  const found = new Map<string, Shown>()
  const named = targets.length > 1
  const codes = await onEach(targets, async (target) => {
    const read = await readShown(target, name)
    if (!read.ok) return refuse(io, named ? target.context : undefined, read.error)
    const forecast = options.output === 'json' ? undefined : await forecastOf(target, read.value, options.folder, io)
    const shown = options.output === 'json' ? read.value : await withRoutes(target, read.value)
    found.set(target.context, { shown, forecast })
    return exitCodes.ok
  })
  const shown = targets.flatMap(({ context }) => {
    const one = found.get(context)
    return one === undefined ? [] : [{ context, ...one }]
  })
  if (options.output === 'json') {
    const objects = shown.map(({ context, shown: { rollout } }) => ({ context, items: [rollout] }))
    printJson(named ? objects : shown[0]?.shown.rollout, io)
  } else await printTrees(shown, named, io)
  return worstOf(codes)
}

async function printTrees(
  all: readonly (Shown & { readonly context: string })[],
  named: boolean,
  io: CliIo,
): Promise<void> {
  const { formatRollout } = await import('./rollout-tree.ts')
  for (const [index, { context, shown, forecast }] of all.entries()) {
    if (index > 0) io.out('')
    if (named) io.out(`Context:         ${context}`)
    for (const line of formatRollout(shown, io.clock.now(), io.colours, forecast)) io.out(line)
  }
}

/** As they are, where they may not be read. */
async function withRoutes({ client }: Target, shown: ShownRollout): Promise<ShownRollout> {
  const { readRoutes } = await import('#main/controller/read-routes.ts')
  const routes = await readRoutes(client, shown.rollout)
  return routes.ok && routes.value !== undefined ? { ...shown, routes: routes.value } : shown
}

/** Left out where it is not known, or the account may not read what it is made from. */
async function forecastOf(
  target: Target,
  { rollout }: ShownRollout,
  folder: string,
  io: CliIo,
): Promise<string | undefined> {
  if (shownPhase(rollout).phase === 'Healthy') return undefined
  const { readForecast } = await import('./read-forecast.ts')
  const { forecastLine, isUnderWay } = await import('./forecast-text.ts')
  const read = await readForecast(target, rollout.metadata.name, { folder, io })
  if (!read.ok || !isUnderWay(read.value.forecast)) return undefined
  return forecastLine(read.value.forecast, read.value.rollout, io.clock.now())
}

/** Nothing is printed for a single cluster that did not answer. */
function printJson(value: unknown, io: CliIo): void {
  if (value !== undefined) io.out(JSON.stringify(value, undefined, 2))
}

function refuse(io: CliIo, context: string | undefined, failure: Parameters<typeof failureText>[0]): ExitCode {
  io.err(context === undefined ? failureText(failure) : `${context}: ${failureText(failure)}`)
  return exitCodeOf(failure)
}
