package io.procpool.worker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Calls a function. Its name marks in a stack trace where ours ends and the function's begins: see {@link Raised}. */
final class Invocation {
    private static final int LONGEST_CHAIN = 100; // of causes, which may lead in a circle

    private Invocation() {}

    /**
     * @throws Failed with all that the function threw
     * @throws OutOfMemoryError if that was the cause: nobody knows what it has left half done
     */
    static @Nullable Object of(Method method, @Nullable Object[] arguments) throws Failed {
        try {
            return method.invoke(null, arguments);
        } catch (InvocationTargetException wrapped) {
            var thrown = wrapped.getCause() == null ? wrapped : wrapped.getCause();
            throw raised(thrown);
        } catch (IllegalAccessException | IllegalArgumentException refused) {
            throw new Failed(Failed.FUNCTION_UNKNOWN, method + " can't be called: " + refused);
        } catch (ExceptionInInitializerError | StackOverflowError thrown) {
            throw raised(thrown); // of the class, which is initialised by its first call
        }
    }

    private static Failed raised(Throwable thrown) {
        var memory = memory(thrown);
        if (memory != null) {
            throw memory;
        }
        return Raised.by(thrown);
    }

    private static @Nullable OutOfMemoryError memory(@Nullable Throwable thrown) {
        try {
            var next = thrown;
            for (int links = 0; next != null && links < LONGEST_CHAIN; links++) {
                if (next instanceof OutOfMemoryError memory) {
                    return memory;
                }
                next = next.getCause();
            }
            return null;
        } catch (RuntimeException broken) {
            return null; // a getCause() of the user's own
        }
    }
}
