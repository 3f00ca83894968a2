// An option is searched for as it is written: to the search, which takes "-" for "without", `--fix` is the word "fix".
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (typeof message?.data === "string") {
    message = { ...message, data: message.data.replace(/(^|\s)--(?=\w)/g, "$1") };
  }
  return post.call(this, message, ...rest);
};
