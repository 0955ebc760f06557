import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aClosedPort } from './http-server.ts'

/** A Python that has graphite-web, found by `.ci/test-cluster.ts`. */
export const graphitePython = process.env['ARGOSY_GRAPHITE_PYTHON'] ?? ''

/** By metric: values by how many seconds ago they were. */
export type Recorded = Readonly<Record<string, readonly (readonly [secondsAgo: number, value: number])[]>>

/** A Graphite that has recorded this, ready to be asked. */
export async function startGraphite(recorded: Recorded): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-graphite-'))
  const port = await aClosedPort()
  const script = fileURLToPath(new URL('graphite-server.py', import.meta.url))
  const child = spawn(graphitePython, [script, folder, String(port)], { stdio: ['pipe', 'inherit', 'inherit'] })
  child.stdin.end(JSON.stringify(recorded))
  const url = `http://127.0.0.1:${port}`
  const close = async (): Promise<void> => {
    const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; child.exitCode === null && tries < 300; tries++) {
    const isThere = await fetch(`${url}/render?format=json`).then(
      () => true,
      () => false,
    )
    if (isThere) return { url, close }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await close()
  throw new Error(`graphite-web does not listen at ${url}`)
}
