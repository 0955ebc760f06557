import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { rendererFolder } from '#main/cli/renderer-folder.ts'
import { systemClock } from '#main/system-clock.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { startCli } from '#test/support/run-cli.ts'
import { until } from '#test/support/until.ts'

afterEach(() => vi.unstubAllEnvs())

function setUp() {
  const folder = aFolder()
  vi.stubEnv('ARGOSY_DATA', join(folder, 'data'))
  vi.stubEnv('KUBECONFIG', join(folder, 'none'))
  return { folder, start: (...args: string[]) => startCli(args, { clock: systemClock }) }
}

const isAddress = (line: string | undefined) => /^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+$/.test(line ?? '')

it('the built window is found from the bundle and from the source', () => {
  const root = aFolder()
  mkdirSync(join(root, 'out/renderer'), { recursive: true })
  const from = (path: string) => rendererFolder(pathToFileURL(join(root, path)).href)
  expect(from('out/main/cli.js')).toBeUndefined()
  writeFileSync(join(root, 'out/renderer/index.html'), '')
  expect(from('out/main/cli.js')).toBe(join(root, 'out/renderer/'))
  expect(from('main/cli/serve.ts')).toBe(join(root, 'out/renderer/'))
})

describe.runIf(rendererFolder(new URL('../../../main/cli/serve.ts', import.meta.url).href) !== undefined)(
  'argosy serve',
  () => {
    it('OPS-37: without a kubeconfig serves the sandbox, says so, and ends in order when interrupted', async () => {
      const { folder, start } = setUp()
      const run = start('serve')
      await until('an address', () => isAddress(run.out.at(-1)))
      expect(run.out[0]).toMatch(/^No kubeconfig was found; showing the sandbox fleet\. Looked at .*none\./)
      const answer = await fetch(run.out.at(-1) ?? '', { redirect: 'manual' })
      expect(answer.status).toBe(303)
      run.interrupt()
      expect(await run.done).toBe(0)
      await expect(fetch(run.out.at(-1) ?? '')).rejects.toThrow('fetch failed')
      const kept = readdirSync(join(folder, 'data')).filter((name) => name.endsWith('.db'))
      expect(kept).toEqual(['history-sandbox.db'])
    })

    it('a port in use is told, and ends with 1', async () => {
      const { start } = setUp()
      const other = createServer()
      await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void other.close())
      const { port } = other.address() as AddressInfo
      const run = start('serve', '--sandbox', '--port', String(port))
      expect(await run.done).toBe(1)
      expect(run.err).toEqual([expect.stringContaining(`Port ${port} is in use`)])
    })

    it.runIf(process.platform === 'linux')('argosy app without a display serves the same to the browser', async () => {
      const { start } = setUp()
      vi.stubEnv('DISPLAY', undefined)
      vi.stubEnv('WAYLAND_DISPLAY', undefined)
      const run = start('app', '--sandbox', '--port', '0')
      await until('an address', () => isAddress(run.out.at(-1)))
      expect(run.err[0]).toBe(
        'argosy: there is no display for Electron; serving the same window to your browser instead.',
      )
      run.interrupt()
      expect(await run.done).toBe(0)
    })
  },
)
