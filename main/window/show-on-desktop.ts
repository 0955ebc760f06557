import { Notification } from 'electron'

/** A notification of the desktop; none where the system has none. */
export function showOnDesktop(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show()
}
