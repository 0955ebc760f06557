import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** The program that `.ci/test-cluster.ts` found. */
export const prometheusProgram = process.env['ARGOSY_PROMETHEUS'] ?? ''

export interface RealPrometheus {
  readonly url: string
  close(): Promise<void>
}

/**
 * A Prometheus that scrapes every second what `exposition` says then, ready to be asked.
 * @param web its `--web.config.file`; with TLS its address begins with https
 * @param path below which it serves
 * @param program the one of the tests when absent
 */
export async function startPrometheus(
  exposition: () => string,
  {
    web = {},
    path = '',
    program = prometheusProgram,
  }: { readonly web?: object; readonly path?: string; readonly program?: string } = {},
): Promise<RealPrometheus> {
  const exporter = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end(exposition()),
  )
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
  const { port: exporterPort } = exporter.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'argosy-prometheus-'))
  const file = (name: string, content: object): string => {
    writeFileSync(join(folder, name), stringify(content))
    return join(folder, name)
  }
  const config = file('prometheus.yml', {
    scrape_configs: [
      {
        job_name: 'shop',
        scrape_interval: '1s',
        scrape_timeout: '1s',
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`] }],
      },
    ],
  })
  const logPath = join(folder, 'log')
  const log = openSync(logPath, 'w')
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--web.config.file=${file('web.yml', web)}`,
      '--web.listen-address=127.0.0.1:0',
      `--web.route-prefix=${path || '/'}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
    ],
    // Not those of the tests, which would be waited for should it outlive them.
    { stdio: ['ignore', 'ignore', log] },
  )
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const isSecure = 'tls_server_config' in web
  const port = await portOf(child, logPath, isSecure)
  if (port === undefined) throw new Error(`${program} does not listen: ${readFileSync(logPath, 'utf8')}`)
  return {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
    async close() {
      child.kill('SIGKILL')
      exporter.closeAllConnections()
      await Promise.all([ended, new Promise((resolve) => exporter.close(resolve))])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The port that it says it got, once it answers there; with TLS whatever it says of a request that it cannot read. */
async function portOf(child: ChildProcess, logPath: string, isSecure: boolean): Promise<number | undefined> {
  for (let tries = 0; child.exitCode === null && tries < 300; tries++) {
    const port = /"Listening on".* address=127\.0\.0\.1:(\d+)/.exec(readFileSync(logPath, 'utf8'))?.[1]
    const status = port === undefined ? undefined : await statusAt(`http://127.0.0.1:${port}`)
    if (status !== undefined && (isSecure || status !== 503)) return Number(port)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return undefined
}

const statusAt = (url: string): Promise<number | undefined> =>
  fetch(url).then(
    (answer) => answer.status,
    () => undefined,
  )
