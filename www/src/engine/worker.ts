/** The engine's worker. */
import { calls, serve } from './calls';
import { decode } from './decode';
import { createHost } from './host';

serve(createHost(calls, decode));
