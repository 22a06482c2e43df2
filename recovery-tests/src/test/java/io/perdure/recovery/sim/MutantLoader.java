package io.perdure.recovery.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads all classes of this project anew, and those of a mutant from its own directory. */
final class MutantLoader extends ClassLoader {

    private static final String OWN = "io.perdure.";

    private final Path directory;
    private final ClassLoader project;

    MutantLoader(Path directory) {
        super("mutant", MutantLoader.class.getClassLoader());
        this.directory = directory;
        this.project = MutantLoader.class.getClassLoader();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OWN)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        try {
            byte[] bytes = bytes(path);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] bytes(String path) throws IOException {
        Path changed = directory.resolve(path);
        if (Files.exists(changed)) {
            return Files.readAllBytes(changed);
        }
        try (InputStream in = project.getResourceAsStream(path)) {
            if (in == null) {
                throw new UncheckedIOException(new IOException("no class file " + path));
            }
            return in.readAllBytes();
        }
    }
}
