import { join } from 'node:path'
import { app, BrowserWindow, dialog } from 'electron'

/** Asks where a file of this name is to be saved; `undefined` when the person would rather not. */
export async function askWhere(name: string): Promise<string | undefined> {
  const options = { defaultPath: join(app.getPath('documents'), name) }
  const window = BrowserWindow.getFocusedWindow()
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options))
  return canceled || filePath === '' ? undefined : filePath
}
