/** AWS's recorded answers. Cases that really wait are given up; `npm run test:long` waits. */
import { answersAsRecorded } from '../support/corpus.ts';
import { PASSED } from '../support/corpus-passed.ts';

answersAsRecorded({ passed: PASSED, limitSeconds: 12 });
