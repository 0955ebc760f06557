import { Notification } from 'electron'

/** Else they may be collected, and their clicks with them. */
const open = new Set<Notification>()
const openMax = 20

/** A notification of the desktop; none where the system has none. */
export function showOnDesktop(title: string, body: string, onClick?: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title, body })
  if (onClick !== undefined) {
    open.add(notification)
    for (const oldest of open) {
      if (open.size <= openMax) break
      open.delete(oldest)
    }
    notification.on('click', () => {
      open.delete(notification)
      onClick()
    })
    notification.on('close', () => void open.delete(notification))
  }
  notification.show()
}
