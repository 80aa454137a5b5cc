/** Files that the visitor opened with the installed page, from the system: the manifest says which (public/site.webmanifest). */
import type { Files } from './files.svelte';

/** The File Handling API, where there is one. */
interface LaunchQueue {
  setConsumer(take: (launch: { files: readonly FileSystemFileHandle[] }) => void): void;
}

export function takeLaunched(files: Files): void {
  (window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer((launch) => {
    void Promise.all(launch.files.map((handle) => handle.getFile())).then(
      (all) => files.use(all),
      () => {}, // one that is there no more: the system has said so
    );
  });
}
