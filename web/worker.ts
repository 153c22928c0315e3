/** The worker of the page. */
import { serveSession } from '../src/browser/worker.ts';

serveSession();
