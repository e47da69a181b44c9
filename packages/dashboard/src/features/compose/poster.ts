/** Pixels of the longer side. */
const LONGEST = 720
const PATIENCE_MS = 8000

/** A frame from near the beginning, as an address of this page. null: this browser cannot show the video. */
export async function takePoster(file: File): Promise<string | null> {
  const source = URL.createObjectURL(file)
  const video = document.createElement('video')
  const stop = new AbortController()
  const until = (event: string) =>
    new Promise<void>((resolve, reject) => {
      video.addEventListener(event, () => resolve(), { once: true, signal: stop.signal })
      video.addEventListener('error', () => reject(video.error), { once: true, signal: stop.signal })
    })
  const timer = setTimeout(() => video.dispatchEvent(new Event('error')), PATIENCE_MS)
  try {
    video.muted = true
    video.preload = 'auto'
    const loaded = until('loadeddata')
    video.src = source
    await loaded
    const shown = until('seeked')
    // The first frames are black in many films.
    video.currentTime = Math.min(1, (video.duration || 0) * 0.1)
    await shown
    return await draw(video)
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    stop.abort()
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(source)
  }
}

async function draw(video: HTMLVideoElement): Promise<string | null> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0) return null
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  const picture = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.85))
  return picture && URL.createObjectURL(picture)
}
