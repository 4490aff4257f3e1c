/** The thread that looks through large definitions, one after the other. */
import { parentPort } from 'node:worker_threads';
import { calledOperations, knownServices } from '../service/integrations/operations.ts';
import { loadCatalog, type ModelOf } from './aws-models.ts';
import { answerAbout, type DefinitionQuestion } from './definitions.ts';
import { dataOfThread } from './threads.ts';

const port = parentPort!;
const catalog = loadCatalog(dataOfThread() as readonly ModelOf[]);
const services = knownServices(catalog, calledOperations(catalog));

port.on('message', (question: DefinitionQuestion) => {
  port.postMessage(answerAbout(question, services));
});
