import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type DiffSideInput, manifestTextMax } from '#contract/diff-requests.ts'
import type { DiffView } from '#contract/diff-views.ts'
import { rolloutKey } from '#contract/keys.ts'
import { patchText } from '#contract/patch-text.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { DiffSources } from '#main/app/diff-sides.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { readWorkload } from '#main/controller/read-workload.ts'
import { historyFiles } from '#main/data-folder.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import type { History } from '#main/history/store.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { oneLine, shorten } from './history-words.ts'
import { type CliIo, UsageError } from './io.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'
import { type Colour, formatTable, paint } from './text-table.ts'

/** What one side of a comparison is, as it is written on a command line. */
type Side =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'rollout'; readonly name: string; readonly state: 'live' | 'applied' | number }

/** As diff(1) has it: a script asks whether there is a difference. */
const diffCodes = { same: exitCodes.ok, differs: exitCodes.failed, failed: exitCodes.usage } as const

/** `argosy diff`: two states of a rollout compared by meaning, secrets hidden (UI-DIFF-1…4). Writes nothing. */
export function registerDiff(program: Command, io: CliIo): void {
  program
    .command('diff <a> [b]')
    .description('what differs between two states of a rollout: NAME, NAME@REVISION, NAME@applied or a FILE.yaml')
    .addHelpText(
      'after',
      '\nWith two --context, A is of the first and B of the second; without B both are A.\nExits with 0 if there is no difference, 1 if there is one, and above that when it could not be told.',
    )
    .action(async (a: string, b: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TargetOptions>()
      const sides = [sideOf(a), sideOf(b ?? a)] as const
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      io.exitWith(await comparedOn(sides, targets, b === undefined, { options, io }))
    })
}

function sideOf(text: string): Side {
  if (/[/\\]|\.(?:ya?ml|json)$/i.test(text)) return { kind: 'file', path: text }
  const [name = '', state, ...more] = text.split('@')
  const revision = Number(state)
  if (name === '' || more.length > 0) throw new UsageError(`"${text}" is no side of a comparison`)
  if (state === undefined) return { kind: 'rollout', name, state: 'live' }
  if (state === 'applied') return { kind: 'rollout', name, state }
  if (/^\d+$/.test(state)) return { kind: 'rollout', name, state: revision }
  throw new UsageError(`"${text}": a revision or "applied" is expected after @`)
}

interface Run {
  readonly options: TargetOptions
  readonly io: CliIo
}

async function comparedOn(
  sides: readonly [Side, Side],
  targets: readonly Target[],
  isOneSide: boolean,
  { options, io }: Run,
): Promise<ExitCode> {
  const [left, right = left, ...more] = targets
  if (left === undefined || right === undefined || more.length > 0 || (isOneSide && left === right)) {
    await onEach(targets, async () => exitCodes.ok)
    throw new UsageError('two sides are compared: NAME NAME@REVISION in one context, or NAME in two')
  }
  const places = [left, right] as const
  const parts = new Map<RolloutKey, RolloutParts>()
  let failed: { readonly target: Target; readonly failure: Failure } | undefined
  await onEach(targets, async (target) => {
    const names = new Set(
      sides.flatMap((side, at) => (side.kind === 'rollout' && places[at] === target ? side.name : [])),
    )
    for (const name of names) {
      const read = await readParts(target, name)
      if (read.ok) parts.set(keyIn(target, name), read.value)
      // What is gone may be in the history.
      else if (read.error.kind !== 'NotFound') failed ??= { target, failure: read.error }
    }
    return exitCodes.ok
  })
  if (failed !== undefined) {
    io.err(`${failed.target.context}: ${failureText(failed.failure)}`)
    return errorCode(failed.failure)
  }
  const inputs = [await inputOf(sides[0], left), await inputOf(sides[1], right)] as const
  const history = await openPast(io)
  try {
    const compared = await compare(
      { fleet: { parts: (key) => parts.get(key) }, history, upToNow: () => undefined },
      inputs,
    )
    if (!compared.ok) {
      io.err(`argosy: ${failureText(compared.error)}`)
      return errorCode(compared.error)
    }
    return print(compared.value, options, io)
  } finally {
    history.close()
  }
}

/** Never the code of a difference. */
function errorCode(problem: Failure): ExitCode {
  const code = exitCodeOf(problem)
  return code === diffCodes.differs ? diffCodes.failed : code
}

const keyIn = ({ context, namespace }: Target, name: string): RolloutKey => rolloutKey({ context, namespace, name })

async function readParts(
  { client, context, namespace }: Target,
  name: string,
): Promise<Outcome<RolloutParts, Failure>> {
  const read = await client.get(resources.rollouts, { namespace, name })
  if (!read.ok) return read
  const rollout = read.value as Rollout
  const listed = await client.list(resources.replicaSets, { namespace })
  if (!listed.ok) return listed
  const workload = await readWorkload(client, rollout)
  if (!workload.ok) return workload
  const { uid } = rollout.metadata
  const replicaSets = (listed.value.items as readonly ReplicaSet[]).filter(
    ({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
  )
  const none = { pods: [], services: {}, events: [], analysisRuns: [], experiments: [] }
  return success({ context, rollout, replicaSets, ...none, workload: workload.value as RolloutParts['workload'] })
}

async function inputOf(side: Side, target: Target): Promise<DiffSideInput> {
  if (side.kind === 'file') return { kind: 'text', name: side.path, text: await textOf(side.path) }
  const key = keyIn(target, side.name)
  return typeof side.state === 'number' ? { kind: 'revision', key, revision: side.state } : { kind: side.state, key }
}

async function textOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`the file ${path} cannot be read`)
  })
  if (text.length > manifestTextMax) throw new UsageError(`the file ${path} is too long`)
  return text
}

/** Knows revisions that the cluster no longer has; where nothing is recorded, one that knows none. */
async function openPast({ dataFolder, clock }: CliIo): Promise<History> {
  const { openHistory, readHistory } = await import('#main/history/store.ts')
  const path = join(dataFolder, historyFiles.clusters)
  const read = existsSync(path) ? readHistory({ path, clock, log: silentLog }) : undefined
  return read?.ok === true ? read.value : openHistory({ path: ':memory:', clock, log: silentLog })
}

async function compare(
  sources: DiffSources,
  [left, right]: readonly [DiffSideInput, DiffSideInput],
): Promise<Outcome<DiffView, Failure>> {
  const { readSide } = await import('#main/app/diff-sides.ts')
  const { compareSides } = await import('#main/diff/compare.ts')
  const { secretPrints } = await import('#main/history/secret-prints.ts')
  const [from, to] = [readSide(sources, left, right), readSide(sources, right, left)]
  if (!from.ok) return from
  return to.ok ? success(compareSides(from.value, to.value, secretPrints(sources.history))) : to
}

function print(view: DiffView, { output }: TargetOptions, io: CliIo): ExitCode {
  const patch = patchText(view)
  if (output === 'json') io.out(JSON.stringify(view, undefined, 2))
  else if (patch === '') io.err(`No difference: ${view.left.title}, ${view.right.title}.`)
  else {
    for (const line of summaryLines(view, io)) io.out(line)
    io.out('')
    for (const text of patch.trimEnd().split('\n')) io.out(paint({ text, ...colourOf(text) }, io.colours))
  }
  return patch === '' ? diffCodes.same : diffCodes.differs
}

function colourOf(line: string): { readonly colour?: Colour } {
  if (line.startsWith('@@')) return { colour: 'brightBlue' }
  if (line.startsWith('+') && !line.startsWith('+++ ')) return { colour: 'green' }
  return line.startsWith('-') && !line.startsWith('--- ') ? { colour: 'red' } : {}
}

/** Meaning first (UI-DIFF-1). */
function summaryLines({ summary, lookAt }: DiffView, { colours }: CliIo): readonly string[] {
  const rows = summary.map(({ op, group, path, before, after }) => [
    [{ text: op }],
    [{ text: group }],
    [{ text: oneLine(path) }],
    [{ text: changeText(before, after) }],
  ])
  return [...formatTable(rows, colours), ...lookAt.map((each) => `! ${oneLine(each)}`)]
}

const changeText = (before: string | undefined, after: string | undefined): string =>
  [before, after].flatMap((each) => (each === undefined ? [] : shorten(oneLine(each)))).join(' → ')
