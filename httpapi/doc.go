// Package httpapi speaks HTTP for a [ruyi.Core]: the 84 operations of the API
// document that instant-messaging clients of this family know, as one
// [http.Handler].
//
// # Mounting
//
// [New] answers every path below its prefix, "/v1" unless Options say
// otherwise. It expects the whole path, so a mux passes requests on unchanged:
//
//	mux := http.NewServeMux()
//	mux.Handle("/v1/", httpapi.New(core, httpapi.Options{}))
//	mux.HandleFunc("/healthz", healthy)
//
// A router that takes a handler for any method under a pattern works as well,
// here chi:
//
//	r := chi.NewRouter()
//	r.Handle("/v1/*", httpapi.New(core, httpapi.Options{}))
//
// Another prefix moves all operations; "/" leaves none:
//
//	api := httpapi.New(core, httpapi.Options{Prefix: "/im/v1"})
//	mux.Handle("/im/v1/", api)
//
// The handler sets no timeouts, does not compress and sends no CORS headers:
// those belong to the server it is mounted in. Set at least
// http.Server.ReadHeaderTimeout and ReadTimeout there, because a request body is
// read as slowly as the client sends it. ReadTimeout and WriteTimeout must be
// longer than Options.Hold, for which some answers are held back, and
// Options.Stopping lets a server that stops end the holding.
//
// # Sessions
//
// A client sends the token of its login in the header "token". Without a live
// session every operation but registration, login and the codes for them answers
// HTTP 401 and {"msg": …}; pictures of users are public too, because clients load
// them without a token. Known clients sign out on 401, so nothing else uses
// it.
//
// # Answers
//
// Success is HTTP 200 with the bare object or array of the document, or
// {"status":200} where there is nothing to tell. A refusal is HTTP 400 with
// {"status":400,"msg":"…"}; the status is 429 when the client did something too
// often, and 110 when a login waits for a code sent to the phone, an answer that
// has uid, phone and challenge besides. Known clients read the message of no
// other code, which is why the kind of refusal stays in the body;
// Options.RealStatus sends 403, 404, 409 and 429 to clients that expect them. A
// fault of the server is 500, a database or provider that cannot answer now is
// 503, and both are logged. A message is Chinese, or English for clients whose
// Accept-Language begins with "en".
//
// # Requests
//
// Bodies are JSON and are read strictly: one value, valid UTF-8, no NUL, at most
// 32 levels deep, no key twice and none that differs from a known key only in
// case. Unknown keys are ignored. An absent body counts as an empty one. A file
// comes as the part "file" of a multipart body, which may be larger than others.
//
// # Pages and pictures
//
// Links that leave the app lead to pages below the prefix: "/web/join_group.html",
// where who scanned a group's code joins, and "/web/invite_detail.html", where a
// manager confirms an invite. They work without JavaScript and without a session;
// the code in the link is the proof, good for one person, one act and a short
// time. GET only shows what the button of the page does, so that nothing which
// opens links ahead of a person acts for them. A link that a QR code shows, such as
// that of operation 42, has its picture below it: "/qrcode/{code}/picture", with
// format png or svg and size, 64 to 1024 pixels.
package httpapi
