package webhooknotify

// Sign signs a request as a Notifier does.
var Sign = setSignature
