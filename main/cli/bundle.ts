import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import type { BundleWish } from '#main/bundle/make-bundle.ts'
import type { OpenBundle } from '#main/bundle/open-bundle.ts'
import { historyFiles } from '#main/data-folder.ts'
import { type BundleSource, openBundled, passphraseOf } from './bundle-source.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { reportLines } from './history-verify.ts'
import { oneLine } from './history-words.ts'
import { type CliIo, UsageError } from './io.ts'
import { shownDuration } from './shown-age.ts'

/** What is to be taken out of the history of this machine, as bundles and reports have it. */
export interface WishOptions {
  readonly rollout?: string
  readonly run?: string
  readonly plan?: string
  readonly since?: string
  readonly until?: string
  readonly context?: readonly string[]
  readonly sandbox?: boolean
}

interface ExportOptions extends WishOptions, BundleSource {
  readonly file: string
  readonly force?: boolean
  readonly output?: 'json'
}

/** `argosy bundle`: what was recorded, as one file that another laptop can open (UI-HIST-1). */
export function registerBundle(program: Command, io: CliIo): void {
  const bundle = program
    .command('bundle')
    .description('recorded rollouts, plans or times as one file, to be reviewed elsewhere')
  wishOptions(
    bundle.command('export').description('write a bundle; without a rollout or plan of all that was recorded since'),
  )
    .requiredOption('--file <file>', 'where to; never over a file that is there')
    .option('--force', 'over a file that is there')
    .option('--passphrase-file <file>', 'lock it with the first line of this file (age)')
    .action(async (_options: unknown, command: Command) => {
      io.exitWith(await exportBundle(command.optsWithGlobals<ExportOptions>(), io))
    })
  bundle
    .command('show <file>')
    .description('check a bundle and tell what is in it; `argosy history --bundle FILE` reads it')
    .option('--passphrase-file <file>', 'what unlocks it')
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExportOptions>()
      const opened = await openBundled(file, options, io)
      if (opened === undefined) return io.exitWith(exitCodes.failed)
      if (options.output === 'json') io.out(JSON.stringify(describe(opened), undefined, 2))
      else for (const line of linesOf(opened, io)) io.out(line)
      opened.history.close()
      io.exitWith(opened.chains.every(({ verdict }) => verdict.isUnbroken) ? exitCodes.ok : exitCodes.failed)
    })
}

export const wishOptions = (command: Command): Command =>
  command
    .option('--rollout <context/namespace/name>', 'its last update, or what was recorded of it since')
    .option('--run <id>', 'of that rollout this update; `argosy history` tells the ids')
    .option('--plan <name>', 'this fleet plan and all that it moved')
    .option('--since <time>', 'from then on: a time (2026-01-15T10:00:00Z), or how long ago (24h)')
    .option('--until <time>', 'until then; the same')
    .option('--sandbox', 'of what was recorded of the sandbox fleet')

/** What the options ask for. */
export function wishOf({ rollout, run, plan, since, until, context: contexts }: WishOptions, now: number): BundleWish {
  const from = since === undefined ? undefined : momentOf(since, now)
  const end = until === undefined ? undefined : momentOf(until, now)
  if (rollout !== undefined && plan !== undefined) throw new UsageError('--rollout and --plan exclude each other')
  if (rollout !== undefined) return { kind: 'rollout', key: keyOf(rollout), run, from, until: end }
  if (plan !== undefined) return { kind: 'plan', plan }
  if (from === undefined)
    throw new UsageError('say what: --rollout CONTEXT/NAMESPACE/NAME, --plan NAME, or --since TIME')
  return { kind: 'time', contexts, from, until: end ?? now }
}

const momentOf = (text: string, now: number): number => parseTime(text) ?? now - durationOf(text)

/** Names of contexts may hold slashes. */
function keyOf(text: string): string {
  const [, context, namespace, name] = /^(.+)\/([^/]+)\/([^/]+)$/.exec(text) ?? []
  if (context === undefined || namespace === undefined || name === undefined)
    throw new UsageError(`"${text}" is not CONTEXT/NAMESPACE/NAME`)
  return rolloutKey({ context, namespace, name })
}

/** `undefined`: there is none, or it cannot be read, and that has been told. */
export async function openLocal({ sandbox }: Pick<WishOptions, 'sandbox'>, io: CliIo) {
  const { readHistory } = await import('#main/history/store.ts')
  const path = join(io.dataFolder, sandbox === true ? historyFiles.sandbox : historyFiles.clusters)
  const opened = existsSync(path) ? readHistory({ path, clock: io.clock, log: silentLog }) : undefined
  if (opened?.ok === true) return opened.value
  io.err(
    `argosy: ${opened === undefined ? `nothing is recorded yet: there is no ${path}` : `${path}: ${opened.error.message}`}`,
  )
  return undefined
}

async function exportBundle(options: ExportOptions, io: CliIo): Promise<ExitCode> {
  const wish = wishOf(options, io.clock.now())
  const passphrase = await passphraseOf(options)
  const history = await openLocal(options, io)
  if (history === undefined) return exitCodes.failed
  const { makeBundle, planBundle } = await import('#main/bundle/make-bundle.ts')
  const { writeNewFile } = await import('#main/bundle/bundle-file.ts')
  const plan = planBundle(history, wish, io.clock)
  const made = plan.ok ? await makeBundle(history, plan.value, passphrase) : plan
  history.close()
  const path = resolve(options.file)
  const written = made.ok ? await writeNewFile(path, made.value.bytes, { force: options.force === true }) : made
  if (!written.ok || !made.ok) {
    io.err(`argosy: ${written.ok ? '' : written.error.message}`)
    return exitCodes.failed
  }
  const { bytes, rows } = made.value
  const locked = passphrase === undefined ? 'not locked: whoever has it can read it' : 'locked'
  if (options.output === 'json') io.out(JSON.stringify({ file: path, bytes: bytes.length, rows }))
  else io.out(`${path}: ${rows} rows, ${sizeText(bytes.length)}, ${locked}`)
  return exitCodes.ok
}

export const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`

const describe = ({ header, rows, sha256, chains, counts }: OpenBundle) => ({ header, rows, sha256, chains, counts })

function linesOf({ header, rows, sha256, chains, counts }: OpenBundle, { clock }: CliIo): readonly string[] {
  const { about, by, capturedAt, from, until, contexts, app } = header
  const of =
    about.kind === 'time'
      ? 'a stretch of time'
      : about.kind === 'plan'
        ? `the plan ${about.name}`
        : `the rollout ${decodeKey(about.key)}`
  return [
    `Of:        ${of}`,
    `Contexts:  ${contexts.join(', ')}`,
    `Time:      ${formatSeconds(from)} to ${formatSeconds(until)}`,
    `Captured:  ${formatSeconds(capturedAt)} by ${by.account} on ${by.host}, ${shownDuration(Math.max(0, clock.now() - capturedAt))} ago, with Argosy ${app}`,
    `Holds:     ${counts.run} rollouts, ${counts.object} objects in ${counts.version} versions, ${counts.entry} acts and writes, ${counts.plan} plans`,
    `Checksum:  matches, ${rows} rows, sha256 ${sha256}`,
    ...chains.flatMap((each) => reportLines(each)),
  ].map(oneLine)
}

const decodeKey = (key: string): string =>
  key
    .split('/')
    .map((part) => safely(part))
    .join('/')

function safely(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
