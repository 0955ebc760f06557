import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractAll, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeElectronDist } from '#test/support/electron-dist.ts'
import { type LaunchedApp, launchApp } from '#test/support/electron-stand-in/launch.ts'

const { version } = JSON.parse(readFileSync('node_modules/electron/package.json', 'utf8')) as { version: string }

describe.runIf(process.platform === 'linux')('the package', () => {
  const output = mkdtempSync(join(tmpdir(), 'argosy-package-'))
  const unpacked = join(output, 'linux-unpacked')
  const archive = join(unpacked, 'resources/app.asar')

  beforeAll(async () => {
    const dist = await makeElectronDist(version)
    execFileSync(
      process.execPath,
      [
        'node_modules/electron-builder/cli.js',
        '--linux',
        '--dir',
        '--publish',
        'never',
        '--config',
        'electron-builder.yml',
        `-c.electronDist=${dist}`,
        `-c.directories.output=${output}`,
      ],
      { stdio: 'pipe' },
    )
  })

  it('is built for the pinned Electron', () => {
    expect(readFileSync('electron-builder.yml', 'utf8')).toContain(`electronVersion: ${version}`)
  })

  it('holds the three bundles and package.json, and nothing else', () => {
    const files = listPackage(archive, { isPack: false })
    const top = new Set(files.map((path) => path.split('/').slice(1, 3).join('/')))
    expect([...top].sort()).toEqual(['out', 'out/main', 'out/preload', 'out/renderer', 'package.json'])
    expect(files.filter((path) => path.endsWith('.map') || path.includes('node_modules'))).toEqual([])
    expect(files).toContain('/out/main/index.js')
    expect(files).toContain('/out/preload/index.cjs')
    expect(files).toContain('/out/renderer/index.html')
  })

  it('imports nothing at run time but Electron and Node', () => {
    const bundles = listPackage(archive, { isPack: false }).filter((path) =>
      /^\/out\/(main|preload)\/.*\.c?js$/.test(path),
    )
    const folder = mkdtempSync(join(tmpdir(), 'argosy-asar-'))
    extractAll(archive, folder)
    const bare = bundles.flatMap((path) =>
      [...readFileSync(join(folder, path), 'utf8').matchAll(/^import .*?from ["']([^"']+)["'];?$/gm)]
        .map(([, specifier = '']) => specifier)
        .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier) && specifier !== 'electron'),
    )
    expect(new Set(bare)).toEqual(new Set())
  })

  it('has every fuse set as the security model says', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'argosy'))
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ]
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
    ]
    expect(on.map((fuse) => wire[fuse])).toEqual(on.map(() => FuseState.ENABLE))
    expect(off.map((fuse) => wire[fuse])).toEqual(off.map(() => FuseState.DISABLE))
  })

  describe('unpacked and started', () => {
    let app: LaunchedApp

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'argosy-unpacked-'))
      extractAll(archive, folder)
      app = await launchApp({
        main: join(folder, 'out/main/index.js'),
        args: ['--sandbox'],
        env: { ARGOSY_PACKAGED: '1' },
      })
    })

    afterAll(async () => {
      await app.quit()
    })

    it('shows the fleet of the sandbox', async () => {
      await app.window.getByRole('grid').waitFor()
      expect(await app.window.getByRole('rowheader').count()).toBeGreaterThan(0)
    })
  })
})
