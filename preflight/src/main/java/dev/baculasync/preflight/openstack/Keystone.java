package dev.baculasync.preflight.openstack;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** OpenStack's identity service over HTTP: asked for as little as possible, and never waited for long. */
public final class Keystone {
    /** For a whole answer, body included. */
    public static final Duration LONGEST = Duration.ofSeconds(10);

    private final HttpClient client;
    private final Duration longest;

    /** How an answer began. */
    public record Answer(int status, Optional<String> redirection) {}

    private Keystone(HttpClient client, Duration longest) {
        this.client = client;
        this.longest = longest;
    }

    /**
     * The service over HTTP, each answer within {@link #LONGEST}.
     *
     * @param authority file with CA certificates in PEM; null for those that Java trusts
     * @throws ProviderException when that file cannot be used
     */
    public static Keystone over(@Nullable Path authority) {
        return over(authority, LONGEST);
    }

    public static Keystone over(@Nullable Path authority, Duration longest) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(longest)
                // A password is sent to nobody but the address in OS_AUTH_URL.
                .followRedirects(HttpClient.Redirect.NEVER);
        if (authority != null) {
            try {
                builder.sslContext(trusting(authority));
            } catch (IOException | GeneralSecurityException e) {
                throw new ProviderException(
                        Code.CONFIGURATION, "the CA certificate in " + authority + " cannot be used: " + e, e);
            }
        }
        return new Keystone(builder.build(), longest);
    }

    /**
     * Whether anything answers there.
     *
     * @throws ProviderException when nothing does, or not in time
     */
    public Answer reach(URI endpoint) {
        return send(HttpRequest.newBuilder(endpoint).GET());
    }

    /**
     * Asks for a token, and forgets it.
     *
     * @throws ProviderException when there is no answer
     */
    public Answer authenticate(URI endpoint, String request) {
        return send(HttpRequest.newBuilder(URI.create(endpoint + "/auth/tokens"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request)));
    }

    private Answer send(HttpRequest.Builder request) {
        CompletableFuture<HttpResponse<Void>> response = client.sendAsync(
                request.timeout(longest).header("Accept", "application/json").build(), BodyHandlers.discarding());
        try {
            HttpResponse<Void> whole = response.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(whole.statusCode(), whole.headers().firstValue("Location"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderException(Code.INTERRUPTED, "interrupted while Keystone was asked");
        } catch (TimeoutException e) {
            throw new ProviderException(Code.TIMEOUT, "no whole answer within " + longest.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new ProviderException(Code.UNREACHABLE, reason(e.getCause()), e);
        } finally {
            response.cancel(true);
        }
    }

    /** The innermost cause that says anything: the outer ones often have no words of their own. */
    private static String reason(@Nullable Throwable failure) {
        String reason = "no answer";
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof UnresolvedAddressException) {
                return "its host's name is not known";
            }
            if (t instanceof ClosedChannelException) {
                return "nothing listens there";
            }
            reason = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
        }
        return reason;
    }

    private static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                number++;
                store.setCertificateEntry("authority-" + number, certificate);
            }
            if (number == 0) {
                throw new IOException("it holds no certificate");
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
