package io.procpool.contract;

/** Python workers that are threads of one process. */
class PythonThreadsTest extends RuntimeContract {
    PythonThreadsTest() {
        super(Subject.pythonThreads());
    }
}
