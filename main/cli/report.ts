import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { History } from '#main/history/store.ts'
import type { ChainReport } from '#main/history/verify.ts'
import { openLocal, type WishOptions, wishOf, wishOptions } from './bundle.ts'
import { type BundleSource, openBundled } from './bundle-source.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'

interface ReportOptions extends WishOptions, BundleSource {
  readonly html?: boolean
  readonly markdown?: boolean
  readonly file?: string
  readonly force?: boolean
}

/** `argosy report`: what was recorded as one page to read, or as a post-mortem to go on with. */
export function registerReport(program: Command, io: CliIo): void {
  wishOptions(
    program.command('report').description('what was recorded of a rollout, a plan or a time, as one page to read'),
  )
    .option('--html', 'one HTML page that needs nothing else: no script, nothing fetched')
    .option('--markdown', 'a post-mortem to go on with')
    .option('--file <file>', 'where to, instead of standard output; never over a file that is there')
    .option('--force', 'over a file that is there')
    .option('--bundle <file>', 'out of a bundle instead of the history of this machine; without a choice of all of it')
    .option('--passphrase-file <file>', 'what unlocks the bundle')
    .action(async (_options: unknown, command: Command) => {
      io.exitWith(await report(command.optsWithGlobals<ReportOptions>(), io))
    })
}

interface Source {
  readonly history: History
  readonly chains?: readonly ChainReport[]
  readonly header?: { readonly from: number; readonly until: number }
}

async function report(options: ReportOptions, io: CliIo): Promise<ExitCode> {
  if ((options.html === true) === (options.markdown === true)) throw new UsageError('say --html or --markdown')
  const isWhole = options.bundle !== undefined && (options.rollout ?? options.plan ?? options.since) === undefined
  const wish = isWhole ? undefined : wishOf(options, io.clock.now())
  const source = await sourceOf(options, io)
  if (source === undefined) return exitCodes.failed
  const { history, chains, header = { from: 0, until: io.clock.now() } } = source
  const { planBundle } = await import('#main/bundle/make-bundle.ts')
  const { reportData } = await import('#main/report/report-data.ts')
  const plan = planBundle(history, wish ?? { kind: 'time', from: header.from, until: header.until }, io.clock)
  if (!plan.ok) {
    io.err(`argosy: ${plan.error.message}`)
    return exitCodes.failed
  }
  const data = reportData(history, plan.value, chains)
  history.close()
  const text =
    options.html === true
      ? (await import('#main/report/html-report.ts')).htmlReport(data)
      : (await import('#main/report/markdown-report.ts')).markdownReport(data)
  return write(text, options, io)
}

async function sourceOf(options: ReportOptions, io: CliIo): Promise<Source | undefined> {
  if (options.bundle !== undefined) return openBundled(options.bundle, options, io)
  const history = await openLocal(options, io)
  return history && { history }
}

async function write(text: string, { file, force }: ReportOptions, io: CliIo): Promise<ExitCode> {
  if (file === undefined) {
    io.out(text.trimEnd())
    return exitCodes.ok
  }
  const { writeNewFile } = await import('#main/bundle/bundle-file.ts')
  const written = await writeNewFile(resolve(file), text, { force: force === true })
  if (written.ok) io.out(resolve(file))
  else io.err(`argosy: ${written.error.message}`)
  return written.ok ? exitCodes.ok : exitCodes.failed
}
