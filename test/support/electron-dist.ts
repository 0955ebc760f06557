import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackage } from '@electron/asar'

/** Marks the fuse wire inside an Electron binary; what follows is a version byte, a length byte and one byte per fuse. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseCount = 9

/**
 * A folder that electron-builder takes for an Electron distribution: all the files it copies or edits, none of the program. Lets
 * the real packaging configuration run, fuses included, where Electron itself cannot be fetched.
 */
export async function makeElectronDist(version: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-electron-dist-'))
  const write = (path: string, content: string | Buffer): void => writeFileSync(join(folder, path), content)
  mkdirSync(join(folder, 'locales'))
  mkdirSync(join(folder, 'resources'))
  write(
    'electron',
    Buffer.concat([
      Buffer.from(`stand-in\n${fuseSentinel}`),
      Buffer.from([1, fuseCount]),
      Buffer.from('0'.repeat(fuseCount)),
      Buffer.from('\nend\n'),
    ]),
  )
  write('version', version)
  write('LICENSE', 'MIT')
  write('LICENSES.chromium.html', '<p></p>')
  write('chrome-sandbox', '')
  write('locales/en-US.pak', '')
  const defaultApp = mkdtempSync(join(tmpdir(), 'argosy-default-app-'))
  writeFileSync(join(defaultApp, 'package.json'), '{}')
  await createPackage(defaultApp, join(folder, 'resources/default_app.asar'))
  return folder
}
