import { type Command, InvalidArgumentError } from 'commander'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Argosy } from '#main/app.ts'
import type { WebHost } from '#main/serve/web-host.ts'
import { exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { openBrowser } from './open-browser.ts'
import { rendererFolder } from './renderer-folder.ts'
import { untilInterrupted } from './until-interrupted.ts'

interface ServeOptions {
  readonly port: number
  readonly sandbox?: boolean
  readonly open?: boolean
  readonly kubeconfig?: readonly string[]
}

/** Leases are handed back and windows told; a cluster that does not answer keeps the process no longer. */
const stopTimeoutMs = 10_000

/** `argosy serve`: the window for a browser of this machine, until interrupted. */
export function registerServe(program: Command, io: CliIo): void {
  program
    .command('serve')
    .description('the same window for your browser, on a loopback address')
    .option('--port <port>', 'port to listen on; 0 takes any free one', portNumber, 0)
    .option('--sandbox', 'show the embedded sandbox fleet instead of your clusters')
    .option('--open', 'open the address in your browser')
    .action(async (_options: unknown, command: Command) => serve(command.optsWithGlobals<ServeOptions>(), io))
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port from 0 to 65535 is expected.')
  return port
}

async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  const folder = rendererFolder(import.meta.url)
  if (folder === undefined) return fail(io, 'the window is not built yet: run npm run build')
  const { createLog } = await import('#main/log.ts')
  const { startWebHost } = await import('#main/serve/web-host.ts')
  const { clock } = io
  const log = createLog({ write: (line) => io.err(line.trimEnd()), level: 'warn', now: () => clock.now() })
  const argosy = await compose(options, clock, log)
  const host = await startWebHost({
    dispatcher: argosy.dispatcher,
    record: (context) => argosy.record(context),
    rendererFolder: folder,
    port: options.port,
    clock,
    log,
  })
  if (!host.ok) {
    fail(io, host.error.message)
    return stopWithin(argosy.stop(), clock)
  }
  tell(argosy, host.value.url(), options, io)
  await untilInterrupted(io.interrupted)
  await stopWithin(closeThenStop(host.value, argosy), clock)
}

async function compose(options: ServeOptions, clock: Clock, log: Log): Promise<Argosy> {
  const { createArgosy } = await import('#main/app.ts')
  const { dataFolder } = await import('#main/data-folder.ts')
  return createArgosy({
    host: 'browser',
    sandbox: options.sandbox === true,
    kubeconfigPaths: options.kubeconfig ?? [],
    dataFolder: dataFolder(),
    clock,
    log,
  })
}

/** What was done, then the address on a line of its own. */
function tell({ notices }: Argosy, url: string, { open }: ServeOptions, io: CliIo): void {
  for (const { title, detail, severity } of notices)
    io.out(severity === 'info' ? title : `${title.replace(/\.$/, '')}. ${detail}`)
  io.out(url)
  if (open === true) openBrowser(url, () => io.err('argosy: no browser could be opened: open the address yourself.'))
}

/** Windows first, so that none shows a fleet that is no longer looked after. */
async function closeThenStop(host: WebHost, argosy: Argosy): Promise<void> {
  await host.close()
  await argosy.stop()
}

async function stopWithin(stopped: Promise<void>, clock: Clock): Promise<void> {
  await Promise.race([stopped, new Promise<void>((resolve) => clock.after(stopTimeoutMs, resolve))])
}

function fail(io: CliIo, message: string): void {
  io.err(`argosy: ${message}`)
  io.exitWith(exitCodes.failed)
}
