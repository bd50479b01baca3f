package io.quorate.raft.jraft;

import io.quorate.raft.jraft.RaftSettings.RaftTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority and certificates of it, made by the JDK's keytool. */
final class TestCertificates {
    private static final String PASSWORD = "password";

    private final Path directory;
    private final String name;

    /** Makes an authority. */
    TestCertificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-ext",
                "bc:c=ca:true",
                "-validity",
                "2");
        keytool("-exportcert", "-alias", name, "-rfc", "-file", authority().toString());
    }

    private Path authority() {
        return directory.resolve(name + ".ca.pem");
    }

    private Path store() {
        return directory.resolve(name + ".p12");
    }

    /** Makes a certificate and its key, as PEM files. */
    RaftTls issue(String holder) throws IOException, GeneralSecurityException {
        Path request = directory.resolve(holder + ".csr");
        Path certificate = directory.resolve(holder + ".pem");
        Path key = directory.resolve(holder + ".key.pem");
        keytool("-genkeypair", "-alias", holder, "-dname", "CN=" + holder, "-keyalg", "EC", "-validity", "2");
        keytool("-certreq", "-alias", holder, "-file", request.toString());
        keytool("-gencert", "-alias", name, "-rfc", "-infile", request.toString(), "-outfile", certificate.toString());
        keytool("-importcert", "-alias", holder, "-noprompt", "-file", certificate.toString());
        Key pkcs8 = keys().getKey(holder, PASSWORD.toCharArray());
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(pkcs8.getEncoded());
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
        return new RaftTls(certificate, key, authority());
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    /**
     * What a client of the JDK needs that trusts {@code trusted} and shows the certificate of {@code holder}, or
     * none if it is empty.
     */
    SSLContext client(String holder, TestCertificates trusted) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (!holder.isEmpty()) {
            KeyStore all = keys();
            Certificate[] chain = all.getCertificateChain(holder);
            own.setKeyEntry(holder, all.getKey(holder, PASSWORD.toCharArray()), PASSWORD.toCharArray(), chain);
        }
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", trusted.keys().getCertificate(trusted.name));
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(own, PASSWORD.toCharArray());
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Path output = Files.createTempFile(directory, "keytool", ".txt");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new IllegalStateException(command + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
